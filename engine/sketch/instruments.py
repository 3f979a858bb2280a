"""Names of the parts, of the instruments that each may have, and of the drum lanes.

They are kept apart from `engine.sketch.synth` so that styles can be read without importing numpy.
"""

from __future__ import annotations

from collections.abc import Mapping

STEMS = ("drums", "percussion", "bass", "chords", "pad", "lead", "arp")
"""All parts, in mix order."""
PITCHED = ("bass", "chords", "pad", "lead", "arp")

KITS = (
    "kit_acoustic", "kit_rock", "kit_vintage", "kit_jazz", "kit_brush", "kit_breaks", "kit_metal", "kit_808",
    "kit_909", "kit_606", "kit_electronic", "kit_lofi", "kit_orchestral",
)  # fmt: skip
BASSES = (
    "bass_finger", "bass_slap", "bass_pick", "bass_upright", "bass_synth", "bass_sub", "bass_808", "bass_reese",
    "bass_wobble", "bass_acid", "bass_pluck", "bass_organ", "strings_low",
)  # fmt: skip
TUNED = (
    "piano", "piano_upright", "epiano", "wurli", "epiano_fm", "clav", "organ", "organ_rock", "harpsichord", "celesta",
    "bell", "vibes", "marimba", "kalimba", "accordion", "guitar_nylon", "guitar_acoustic", "guitar_clean",
    "guitar_funk", "guitar_muted", "guitar_overdrive", "guitar_drive", "guitar_lead", "guitar_steel", "banjo", "harp",
    "brass", "trumpet", "horn", "sax", "flute", "clarinet", "harmonica", "violin", "strings", "strings_pizz", "choir",
    "stab", "supersaw", "pluck", "pad_warm", "pad_glass", "pad_dark", "lead_saw", "lead_square", "lead_sine",
)  # fmt: skip
"""Tuned instruments other than basses; any of them may play chords, pad, lead or arp."""

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
    if stem == "drums":
        return KITS
    if stem == "percussion":
        return ("percussion", *KITS)
    return BASSES if stem == "bass" else TUNED
