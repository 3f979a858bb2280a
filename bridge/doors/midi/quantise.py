"""The boundary that a trigger starts from: the next beat, bar or fourth bar of the clock."""

from __future__ import annotations

import math
from fractions import Fraction

from bridge.doors.midi.actions import QUANTISE
from engine.music import Meter, MeterMap

ON_TIME_BEATS = 1 / 12
"""A trigger up to this late (two clock ticks) still counts as on the boundary."""


def grid_beats(quantise: str, meter: Meter) -> Fraction:
    """Return the distance between boundaries in quarter notes; 0 for "none"."""
    if quantise == "beat":
        return Fraction(4, meter.denominator)
    return Fraction(QUANTISE[quantise]) * meter.bar_beats


def next_boundary_of_take(beat: float, quantise: str, start_beat: float, meters: MeterMap) -> float:
    """Return the boundary, after `beat` of the song, for a take that was due at `start_beat`.

    Where its meter changes, boundaries count from its own start.
    """
    every = QUANTISE[quantise]
    if meters.is_constant or not every:
        return next_boundary(beat, quantise, meters.first)
    bars = meters.bars(max(0.0, beat - ON_TIME_BEATS - start_beat))
    return start_beat + float(meters.beats(math.ceil(bars / every) * every))


def next_boundary(beat: float, quantise: str, meter: Meter) -> float:
    """Return the boundary that a trigger at `beat` (quarter notes from the song's start) starts from."""
    grid = grid_beats(quantise, meter)
    if not grid:
        return max(0.0, beat)
    return float(math.ceil(max(0.0, beat - ON_TIME_BEATS) / grid) * grid)
