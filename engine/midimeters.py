"""The time signatures in a MIDI file as a meter map."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from engine.errors import InvalidValue
from engine.music import Meter, MeterMap

if TYPE_CHECKING:
    import mido


def meters_of_file(file: mido.MidiFile) -> MeterMap | None:
    """Return the meters that the file says, None if it says none.

    Time signatures that nobody writes (0/4, 3/64) are passed over. Before the first one the standard's 4/4 holds.
    Each begins a bar, wherever it stands; if that makes a bar that no time signature fits, the first meter is all.
    """
    changes: dict[Fraction, Meter] = {}
    for track in file.tracks:
        tick = 0
        for message in track:
            tick += message.time
            if message.type == "time_signature":
                try:
                    meter = Meter(message.numerator, message.denominator)
                except InvalidValue:
                    continue
                changes[Fraction(tick, file.ticks_per_beat)] = meter
    if not changes:
        return None
    in_order = sorted({Fraction(0): Meter(4, 4), **changes}.items())
    try:
        return MeterMap.from_changes(in_order)
    except InvalidValue:
        return MeterMap.constant(in_order[0][1])
