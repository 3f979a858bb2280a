"""The meters of the MIDI file that a request plays as one of its parts: the fallback if nobody has said a meter."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import InvalidValue
from engine.music import MeterMap
from engine.sketch.midi_part import read_midi_meters

MOST_BARS = 4_000
"""As many as 600 seconds at the fastest tempo have of quarter notes; what is too many is cut off later."""


def meters_of_midi_part(block: Mapping[str, object]) -> MeterMap | None:
    """Return the meters of the file of the block's `midi_part`, as often as it is played; None if it says none.

    A file that cannot be read says none here: the engine refuses it with a sentence of its own.
    """
    part = block.get("midi_part")
    if not isinstance(part, Mapping) or not part.get("file"):
        return None
    try:
        meters, lap_bars = read_midi_meters(part)
    except InvalidValue:
        return None
    if meters is None or meters.is_constant:
        return meters
    return meters.repeated(lap_bars, MOST_BARS)
