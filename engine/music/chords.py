"""Chord progressions as people write them: "Em C G D", "Am7 | Dm7 G7 | Cmaj7", "i VI III VII"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import InvalidValue
from engine.music.key import Key

MAX_BARS = 256
MAX_CHORDS_A_BAR = 8
MAX_CHARS = 2_000
ALLOWED = (
    'chords like "Em C G D" or degrees like "i VI III VII", one a bar or with "|" between bars '
    f"(up to {MAX_BARS} bars of {MAX_CHORDS_A_BAR})"
)

QUALITIES: Mapping[str, tuple[int, ...]] = {
    "": (0, 4, 7), "maj": (0, 4, 7), "M": (0, 4, 7), "m": (0, 3, 7), "min": (0, 3, 7), "-": (0, 3, 7),
    "5": (0, 7), "6": (0, 4, 7, 9), "m6": (0, 3, 7, 9), "7": (0, 4, 7, 10), "maj7": (0, 4, 7, 11),
    "M7": (0, 4, 7, 11), "Δ": (0, 4, 7, 11), "m7": (0, 3, 7, 10), "min7": (0, 3, 7, 10), "-7": (0, 3, 7, 10),
    "mM7": (0, 3, 7, 11), "9": (0, 4, 7, 10, 2), "maj9": (0, 4, 7, 11, 2), "M9": (0, 4, 7, 11, 2),
    "m9": (0, 3, 7, 10, 2), "min9": (0, 3, 7, 10, 2), "11": (0, 5, 7, 10, 2), "m11": (0, 3, 7, 10, 5),
    "13": (0, 4, 7, 10, 9), "add9": (0, 4, 7, 2), "add2": (0, 4, 7, 2), "madd9": (0, 3, 7, 2), "sus2": (0, 2, 7),
    "sus4": (0, 5, 7), "sus": (0, 5, 7), "7sus4": (0, 5, 7, 10), "dim": (0, 3, 6), "°": (0, 3, 6), "o": (0, 3, 6),
    "dim7": (0, 3, 6, 9), "°7": (0, 3, 6, 9), "o7": (0, 3, 6, 9), "m7b5": (0, 3, 6, 10), "ø": (0, 3, 6, 10),
    "ø7": (0, 3, 6, 10), "aug": (0, 4, 8), "+": (0, 4, 8), "7#5": (0, 4, 8, 10), "7b9": (0, 4, 7, 10, 1),
    "7#9": (0, 4, 7, 10, 3), "69": (0, 4, 7, 9, 2),
}  # fmt: skip
"""Semitones above the root of each chord quality, as lead sheets spell them."""

_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII")
_SHIFTS = {"": 0, "b": -1, "♭": -1, "#": 1, "♯": 1}
_NAMED = re.compile(r"([A-Ga-g])([#b♯♭]?)(.*?)(?:/([A-Ga-g])([#b♯♭]?))?")
_ROMAN = re.compile(r"([#b♯♭]?)(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(.*)")


@dataclass(frozen=True, slots=True)
class ChordSymbol:
    """A chord as written.

    Attributes:
        text: as it was written.
        degree: 1–7 for a Roman numeral, 0 for a name.
        root: pitch class of a named chord; for a numeral the semitones (−1, 0, 1) that its accidental adds.
        intervals: semitones above the root, the root first.
        bass: pitch class after the slash, or None.
    """

    text: str
    degree: int
    root: int
    intervals: tuple[int, ...]
    bass: int | None = None

    def root_in(self, key: Key) -> int:
        """Return the root's pitch class in `key`."""
        return (key.scale[self.degree - 1] + self.root) % 12 if self.degree else self.root

    def tones_in(self, key: Key) -> tuple[int, ...]:
        """Return the chord's pitch classes in `key`, the root first."""
        return tuple((self.root_in(key) + interval) % 12 for interval in self.intervals)


def parse_chords(text: object) -> tuple[tuple[ChordSymbol, ...], ...]:
    """Read a progression: its chords by bar. Without any `|` every chord fills one bar; `%` repeats a bar.

    Raises
    ------
    InvalidValue
        If it is no text, empty, too long, or has an unknown chord.
    """
    if not isinstance(text, str) or not text.strip(" \t\r\n|,") or len(text) > MAX_CHARS:
        raise InvalidValue("chords", text, ALLOWED)
    plain = text.replace(",", " ")
    cells = plain.strip().strip("|").split("|") if "|" in plain else plain.split()
    bars: list[tuple[ChordSymbol, ...]] = []
    for cell in cells:
        words = cell.split()
        if words == ["%"] and bars:
            bars.append(bars[-1])
        elif words:
            bars.append(tuple(_symbol(word) for word in words))
    if not bars or len(bars) > MAX_BARS or max(map(len, bars)) > MAX_CHORDS_A_BAR:
        raise InvalidValue("chords", text, ALLOWED)
    return tuple(bars)


def _symbol(word: str) -> ChordSymbol:
    roman = _ROMAN.fullmatch(word)
    if roman:
        quality = _numeral_quality(roman[2], roman[3])
        if quality in QUALITIES:
            degree = _NUMERALS.index(roman[2].upper()) + 1
            return ChordSymbol(word, degree, _SHIFTS[roman[1]], QUALITIES[quality])
    named = _NAMED.fullmatch(word.replace("6/9", "69"))
    if named is None or named[3] not in QUALITIES:
        raise InvalidValue(
            "Every chord in chords", word, "a name like Em, F#m7, Bbmaj7 or C/E, or a numeral like bVII"
        )
    bass = (_LETTERS[named[4].upper()] + _SHIFTS[named[5]]) % 12 if named[4] else None
    root = (_LETTERS[named[1].upper()] + _SHIFTS[named[2]]) % 12
    return ChordSymbol(word, 0, root, QUALITIES[named[3]], bass)


def _numeral_quality(numeral: str, suffix: str) -> str:
    """Return the quality of a numeral; lower-case ones are minor: "ii7" has the quality "m7"."""
    if numeral.isupper() or suffix[:1] in ("°", "o", "ø", "d", "m", "+") or suffix.startswith("sus"):
        return suffix
    return f"m{suffix}"
