"""Live's scales that are keys."""

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
}
"""Live's name of a scale → mode, in Live's own order: sets of Live 12 hold the number."""


def key_of_scale(root: int, name: str) -> Key | None:
    """Return the key that a root note (0–11) and a scale's name make, None if they make none."""
    if name not in SCALES or not 0 <= root < len(ROOTS):
        return None
    return Key.parse(f"{ROOTS[root]} {SCALES[name]}")
