"""The keys that Live's root notes and scales stand for."""

from __future__ import annotations

from engine.music import Key

ROOTS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
"""Live's root notes 0–11."""
SCALES = {
    "Major": "major",
    "Minor": "minor",
    "Dorian": "dorian",
    "Mixolydian": "mixolydian",
    "Lydian": "lydian",
    "Phrygian": "phrygian",
    "Locrian": "locrian",
    "Whole Tone": "",
    "Half-whole Dim.": "",
    "Whole-half Dim.": "",
    "Minor Blues": "minor",
    "Minor Pentatonic": "minor",
    "Major Pentatonic": "major",
    "Harmonic Minor": "minor",
    "Harmonic Major": "major",
    "Dorian #4": "",
    "Phrygian Dominant": "",
    "Melodic Minor": "minor",
}
"""Live's name of a scale → the mode for music in it, "" if there is none.

The order is Live's own: sets of Live 12 store a scale's index in it. Live's later scales have no mode.
"""


def key_of_scale(root: int, name: str) -> Key | None:
    """Return the key of a root note (0–11) and a scale's name, None if the scale has no mode."""
    mode = SCALES.get(name)
    return Key.parse(f"{ROOTS[root]} {mode}") if mode and 0 <= root < len(ROOTS) else None
