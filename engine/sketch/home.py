"""Home of a style: the tempo, meter, length and keys that its music usually has, for requests that say none.

Any engine may use it: the words of a prompt name a style, whoever plays it.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from engine.music import Key, Meter
from engine.sketch.blend import StyleChoice, pick_style
from engine.sketch.compose.form import feel_of
from engine.sketch.library import StyleLibrary, factory_styles
from engine.sketch.vocabulary import plain_text

HOMES_FILE = Path(__file__).with_name("homes.toml")
NEAR = 1.1
"""A tempo that is outside a style's range by less than this factor is still one of its own."""
_FEELS = {Fraction(1, 2): "half time", Fraction(2): "double time"}


@dataclass(frozen=True, slots=True)
class StyleHome:
    """What is usual in the music that a prompt asks for.

    Attributes:
        name: of the style.
        is_named: True if the prompt names it; False if it is only the fallback.
        range_bpm: its usual tempos, lowest and highest.
        bpm: its home tempo in quarter notes per minute.
        bars: the usual length of a section.
        keys: usual keys.
        feel: 1/2 or 2 where the prompt asks for half or double time.
    """

    name: str
    is_named: bool
    range_bpm: tuple[float, float]
    bpm: float
    meter: Meter
    bars: int
    keys: tuple[Key, ...]
    feel: Fraction | None = None

    def key_of(self, seed: int) -> Key:
        """Return the key that `seed` draws."""
        return self.keys[seed % len(self.keys)]

    def about(self, bpm: float) -> str:
        """Return a sentence if `bpm` is far from the style's own tempos, else ""."""
        low, high = self.range_bpm
        if not self.is_named or self.feel is not None or low / NEAR <= bpm <= high * NEAR:
            return ""
        usual = f"{self.name} is usually {low:g}–{high:g} BPM"
        feel = _FEELS.get(feel_of(self.range_bpm, bpm))
        return f"{bpm:g} BPM is far from home: {usual}" + (f", so it is felt in {feel}." if feel else ".")


def home_of(genres: str, library: StyleLibrary | None = None) -> StyleHome:
    """Return the home of the style that the prompt `genres` asks for, out of `library` (default: the factory's)."""
    styles = factory_styles() if library is None else library
    choice = pick_style(genres, styles)
    style = choice.style
    return StyleHome(
        name=choice.reading.style,
        is_named=choice.reading.is_named,
        range_bpm=style.tempo,
        bpm=_tempo(choice, styles),
        meter=_meter(genres),
        bars=style.section_bars,
        keys=choice.keys,
        feel=choice.feel,
    )


def _tempo(choice: StyleChoice, styles: StyleLibrary) -> float:
    """Return the tempo of the first word of the style that has its own, moved by words like "slow"."""
    style, said = choice.style, choice.reading.matched_words
    own = {plain_text(word) for word in styles.words(choice.reading.style)}
    tempos = _table()["tempo"]
    home = next((float(tempos[word]) for word in said if word in own and word in tempos), style.home_bpm)
    pace = _table()["pace"]
    if set(said) & set(pace["slow"]):
        return float(round((min(home, style.tempo[0]) + home) / 2))
    if set(said) & set(pace["fast"]):
        return float(round((max(home, style.tempo[1]) + home) / 2))
    return home


def _meter(genres: str) -> Meter:
    plain = plain_text(genres)
    for meter, words in _table()["meter"].items():
        if re.search(rf"\b(?:{'|'.join(words)})s?\b", plain):
            return Meter.parse(meter)
    return Meter(4, 4)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(HOMES_FILE.read_text(encoding="utf-8"))
