"""Completions for a prompt while it is typed: the sketch engine's vocabulary with the user's own styles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

SORTS = ("style", "instrument", "mood", "space", "touch")
MAX_SUGGESTED = 16


def known_words(styles_dir: Path) -> tuple[str, ...]:
    """Return all words, styles first; reading them takes half a second.

    Raises
    ------
    InvalidValue
        If the factory's styles are broken.
    """
    from engine.sketch.library import load_styles
    from engine.sketch.vocabulary import vocabulary_of

    styles = load_styles(styles_dir)
    vocabulary = vocabulary_of(styles)
    return tuple(dict.fromkeys([*styles, *(word for sort in SORTS for word in vocabulary.phrases(sort))]))


def matching(typed: str, words: Sequence[str]) -> list[str]:
    """Return the words that begin with what is typed, then those of which a later word does."""
    wanted = typed.strip().casefold()
    if not wanted:
        return []
    begin = [word for word in words if word.startswith(wanted) and word != wanted]
    inside = [word for word in words if f" {wanted}" in word and word not in begin]
    return [*begin, *inside][:MAX_SUGGESTED]
