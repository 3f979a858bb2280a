"""The sketch engine's instruments: every sound is computed, none is a recording.

An instrument is a `Voice`: it renders one stroke on one key, starting at its first frame. The placement of notes in
time, the mix of parts, and everything else that lasts longer than a note is in `engine.sketch.mix`.
"""

from __future__ import annotations

from engine.errors import InvalidValue
from engine.sketch.synth import (
    acoustic,
    bass_synths,
    basses,
    guitars,
    keys,
    kits,
    mallets,
    organs,
    pads,
    piano,
    synths,
    winds,
)
from engine.sketch.synth.voice import Voice

_FAMILIES = (kits, basses, bass_synths, piano, keys, mallets, organs, acoustic, guitars, winds, pads, synths)
_VOICES: dict[str, Voice] = {voice.name: voice for family in _FAMILIES for voice in family.VOICES}

INSTRUMENTS = tuple(_VOICES)
"""Every name that `Part.instrument` may have."""


def find_voice(name: str) -> Voice:
    """Return the instrument called `name`.

    Raises
    ------
    InvalidValue
        If there is none.
    """
    if name not in _VOICES:
        raise InvalidValue("instrument", name, f"one of {', '.join(INSTRUMENTS)}")
    return _VOICES[name]
