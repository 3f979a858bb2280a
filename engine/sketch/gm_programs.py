"""General MIDI programs of the sketch engine's instruments, so that a MIDI file sounds like its stem in any player.

Programs are counted from 0 as on the wire (General MIDI level 1). Drum kits, which level 1 does not tell apart, have
the programs of General MIDI 2 and GS on channel 10; players of level 1 play their one kit.
"""

from __future__ import annotations

from collections.abc import Mapping

GM_PROGRAMS: Mapping[str, int] = {
    # Kits: 0 standard, 8 room, 16 power, 24 electronic, 25 analog (TR-808), 32 jazz, 40 brush, 48 orchestra.
    "kit_acoustic": 0, "kit_rock": 16, "kit_vintage": 8, "kit_jazz": 32, "kit_brush": 40, "kit_breaks": 8,
    "kit_metal": 16, "kit_808": 25, "kit_909": 24, "kit_606": 25, "kit_electronic": 24, "kit_lofi": 0,
    "kit_orchestral": 48, "percussion": 0,
    # Basses: 32 acoustic, 33 finger, 34 pick, 36 slap, 38 and 39 synth; 17 percussive organ, 48 strings.
    "bass_finger": 33, "bass_slap": 36, "bass_pick": 34, "bass_upright": 32, "bass_synth": 38, "bass_sub": 39,
    "bass_808": 39, "bass_reese": 39, "bass_wobble": 39, "bass_acid": 38, "bass_pluck": 38, "bass_organ": 17,
    "strings_low": 48,
    # Keys, mallets, organs.
    "piano": 0, "piano_upright": 0, "epiano": 4, "wurli": 4, "epiano_fm": 5, "clav": 7, "organ": 16, "organ_rock": 18,
    "harpsichord": 6, "celesta": 8, "bell": 14, "vibes": 11, "marimba": 12, "kalimba": 108, "accordion": 21,
    # Guitars; General MIDI 2 has the pedal steel as a variation of the jazz guitar, 26.
    "guitar_nylon": 24, "guitar_acoustic": 25, "guitar_clean": 27, "guitar_funk": 27, "guitar_muted": 28,
    "guitar_overdrive": 29, "guitar_drive": 30, "guitar_lead": 30, "guitar_steel": 26, "banjo": 105, "harp": 46,
    # Winds, strings, voices.
    "brass": 61, "trumpet": 56, "horn": 60, "sax": 66, "flute": 73, "clarinet": 71, "harmonica": 22, "violin": 40,
    "strings": 48, "strings_pizz": 45, "choir": 52,
    # Synthesizers: 62 brass, 80 to 82 leads, 88 to 95 pads.
    "stab": 62, "supersaw": 81, "pluck": 90, "pad_warm": 89, "pad_glass": 92, "pad_dark": 95, "lead_saw": 81,
    "lead_square": 80, "lead_sine": 82,
}  # fmt: skip
"""Program of every name that `Part.instrument` may have."""
