"""Which parts there are, which instruments they may have, and the drum lanes: names alone, nothing that sounds.

The composer writes the instrument that a style wants. `playable` turns it into one that the renderer has.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import InvalidValue

STEMS = ("drums", "percussion", "bass", "chords", "pad", "lead", "arp")
"""The parts there are, in mix order."""
PITCHED = ("bass", "chords", "pad", "lead", "arp")

RENDERED = (
    "kit_acoustic", "kit_electronic", "kit_lofi", "bass_finger", "bass_synth", "bass_sub", "epiano", "clav", "stab",
    "guitar_drive", "pad_warm", "lead_saw", "lead_square", "brass", "vibes", "guitar_lead",
)  # fmt: skip
"""What the renderer can sound."""

NEAREST: Mapping[str, str] = {
    "kit_808": "kit_electronic", "kit_jazz": "kit_lofi", "kit_rock": "kit_acoustic", "kit_breaks": "kit_acoustic",
    "kit_vintage": "kit_acoustic", "kit_orchestral": "kit_acoustic", "percussion": "kit_acoustic",
    "bass_upright": "bass_finger", "bass_pick": "bass_finger", "bass_slap": "bass_finger", "bass_808": "bass_sub",
    "bass_reese": "bass_synth", "bass_wobble": "bass_synth", "bass_acid": "bass_synth", "strings_low": "bass_sub",
    "piano": "epiano", "organ": "epiano", "guitar_clean": "clav", "guitar_acoustic": "clav", "guitar_nylon": "epiano",
    "guitar_muted": "guitar_drive", "supersaw": "stab", "strings": "pad_warm", "choir": "pad_warm",
    "pad_glass": "pad_warm", "pad_dark": "pad_warm", "sax": "brass", "trumpet": "brass", "horn": "brass",
    "flute": "vibes", "bell": "vibes", "violin": "lead_saw", "harmonica": "lead_square", "lead_sine": "lead_square",
    "guitar_steel": "guitar_lead", "pluck": "stab", "marimba": "vibes", "harp": "clav", "banjo": "clav",
    "kalimba": "vibes",
}  # fmt: skip
"""What stands in, among those, for an instrument that styles want and the renderer lacks."""

DRUM_KEYS: Mapping[str, int] = {
    "kick": 36, "side": 37, "snare": 38, "clap": 39, "hat": 42, "pedal": 44, "open": 46, "crash": 49, "ride": 51,
    "china": 52, "bell": 53, "tom_low": 41, "tom_floor": 43, "tom_mid_low": 45, "tom_mid": 47, "tom_high_mid": 48,
    "tom_high": 50, "tambourine": 54, "splash": 55, "cowbell": 56, "bongo_high": 60, "bongo_low": 61,
    "conga_mute": 62, "conga_high": 63, "conga_low": 64, "timbale_high": 65, "timbale_low": 66, "agogo_high": 67,
    "agogo_low": 68, "cabasa": 69, "shaker": 70, "guiro": 73, "claves": 75, "block_high": 76, "block_low": 77,
    "triangle_mute": 80, "triangle": 81,
}  # fmt: skip
"""General MIDI percussion key of each drum lane (General MIDI level 1, percussion key map)."""


def instruments_for(stem: str) -> tuple[str, ...]:
    """Return the names that `stem` may have as its instrument."""
    names = (*RENDERED, *NEAREST)
    if stem == "drums":
        return tuple(name for name in names if name.startswith("kit_"))
    if stem == "percussion":
        return ("percussion", *instruments_for("drums"))
    if stem == "bass":
        return tuple(name for name in names if name.startswith("bass_") or name == "strings_low")
    return tuple(name for name in names if not name.startswith(("kit_", "percussion", "strings_low")))


def playable(name: str) -> str:
    """Return `name` if the renderer has that instrument, or else the one that stands in.

    Raises
    ------
    InvalidValue
        If there is no such instrument.
    """
    if name in RENDERED:
        return name
    if name not in NEAREST:
        raise InvalidValue("instrument", name, f"one of {', '.join((*RENDERED, *NEAREST))}")
    return NEAREST[name]
