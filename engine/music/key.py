"""Keys: a tonic and one of seven modes, read in every spelling that DAWs and people use."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.errors import InvalidValue

MODES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
}
"""Semitones above the tonic of each mode's seven degrees ("minor" is the natural minor)."""

ALIASES = {"": "major", "maj": "major", "ionian": "major", "m": "minor", "min": "minor", "aeolian": "minor"}
ALLOWED = f'a key like "E minor", "F#m" or "Bb" (modes: {", ".join(MODES)})'
_MAX_TEXT = 64
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_FORM = re.compile(r"\s*([A-Ga-g])([#b♯♭]?)[\s_-]*([A-Za-z]*)\s*")


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic, spelled as a musician would (`"F#"`, `"Bb"`), and a mode of `MODES`."""

    tonic: str
    mode: str

    @classmethod
    def parse(cls, text: object) -> Key:
        """Read `"E minor"`, `"Em"`, `"F#m"`, `"Bb"`, `"C Major"`, `"a♭ Dorian"`.

        Raises
        ------
        InvalidValue
            If it is no text, or not a key.
        """
        # On a packet full of spaces, the pattern would backtrack for ten seconds.
        match = _FORM.fullmatch(text) if isinstance(text, str) and len(text) <= _MAX_TEXT else None
        if match is None:
            raise InvalidValue("key", text, ALLOWED)
        # "CM" is C major and "Cm" C minor: the one place where case decides.
        word = "major" if match[3] == "M" else match[3].lower()
        mode = ALIASES.get(word, word)
        if mode not in MODES:
            raise InvalidValue("key", text, ALLOWED)
        accidental = {"♯": "#", "♭": "b"}.get(match[2], match[2])
        return cls(match[1].upper() + accidental, mode)

    @property
    def pitch_class(self) -> int:
        """The tonic as a pitch class, 0 = C … 11 = B."""
        shift = {"#": 1, "b": -1}.get(self.tonic[1:], 0)
        return (_LETTERS[self.tonic[0]] + shift) % 12

    @property
    def scale(self) -> tuple[int, ...]:
        """The seven pitch classes of the key, from the tonic upwards."""
        return tuple((self.pitch_class + step) % 12 for step in MODES[self.mode])

    def __str__(self) -> str:
        return f"{self.tonic} {self.mode}"
