"""One colour per stem, the same in window, manifest and DAW."""

from __future__ import annotations

import hashlib

STEM_COLORS = {
    "drums": "#e4572e",
    "percussion": "#f08a4b",
    "bass": "#7b5ea7",
    "chords": "#2e86ab",
    "keyboard": "#3d9be9",
    "piano": "#3f6fc4",
    "guitar": "#c98b2b",
    "lead": "#f2c14e",
    "synth": "#d4499b",
    "pad": "#5fad8e",
    "strings": "#a9714b",
    "brass": "#d9a441",
    "woodwinds": "#6a994e",
    "fx": "#8d99ae",
    "vocals": "#e86a92",
    "backing_vocals": "#f2a3bd",
    "other": "#78909c",
    "music": "#5c8f9e",
    "residual": "#90a4ae",
    "mix": "#b0bec5",
}
"""Stems of the sketch engine, of separators (drums, bass, vocals, guitar, piano, other) and of ACE-Step."""


def stem_color(name: str) -> str:
    """Return the colour of a stem as `#rrggbb`: from the table, or one derived from the name's hash."""
    key = "_".join(name.lower().replace("_", " ").split())
    known = STEM_COLORS.get(key)
    if known is not None:
        return known
    digest = hashlib.sha256(key.encode("utf-8", "replace")).digest()
    # 64–223 per channel: readable on DAWs' dark and light track lists alike.
    red, green, blue = (64 + byte % 160 for byte in digest[:3])
    return f"#{red:02x}{green:02x}{blue:02x}"
