"""Decides when a style supplies what nobody said, and tells what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bridge.request.block.music_words import tempo_words
from engine.registry import SKETCH

if TYPE_CHECKING:
    from engine.sketch.home import StyleHome

FROM_WORDS = "text2music"
"""The only task whose music has no source; the source of the others has its own tempo and meter."""


def holds(home: StyleHome, engine: str) -> bool:
    """Return True if a request takes what its style has: its words name it, or the engine plays it all the same."""
    return home.is_named or engine == SKETCH.name


def chosen_sentence(home: StyleHome, engine: str, chosen: Sequence[str]) -> str:
    """Return a sentence on `chosen`, what was decided for tempo, meter and key in words; "" if nothing was."""
    if not chosen:
        return ""
    if holds(home, engine):
        return f"Nobody said otherwise: {_listed(chosen)}, as is usual in {home.name}."
    return f"Nobody said otherwise, and no style was named that has its own: {_listed(chosen)}."


def chosen_words(tempo_bpm: float | None, meter: object, key: object) -> list[str]:
    """Return what was decided, in words; None for each that was said."""
    tempo = None if tempo_bpm is None else tempo_words(tempo_bpm)
    return [str(value) for value in (tempo, meter, key) if value is not None]


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
