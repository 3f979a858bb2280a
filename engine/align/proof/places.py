"""The places of a grid at which onsets are expected: every quarter of every beat, bar by bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.music import Meter, MeterMap

    Times = NDArray[np.float64]

CELLS = 4
"""Places for onsets in a beat."""
_NEAR = 1e-6  # bars; a place this near to a bar line is on it


def cell_beats(meter: Meter) -> float:
    """Return the distance of two places in quarter notes; a beat longer than a quarter note counts as one."""
    return min(1.0, 4.0 / meter.denominator) / CELLS


def places_up_to(beats: float, meter: Meter, meter_map: MeterMap | None) -> Times:
    """Return the places in quarter notes, from 0 to a little after `beats`."""
    if meter_map is None or meter_map.is_constant:
        cell = cell_beats(meter)
        return np.asarray(np.arange(int(np.ceil(beats / cell)) + 2) * cell, np.float64)
    starts = [float(start) for start in meter_map.bar_starts(beats)] or [0.0]
    bars = []
    for number, start in enumerate(starts):
        one = meter_map.meter_of_bar(number)
        cell = cell_beats(one)
        bars.append(start + np.arange(round(float(one.bar_beats) / cell)) * cell)
    end = float(meter_map.beats(len(starts)))
    return np.concatenate([*bars, [end, end + cell]])


def on_bar_line(places: Times, meter: Meter, meter_map: MeterMap | None) -> NDArray[np.bool_]:
    """Return which of `places` are bar lines."""
    if meter_map is None or meter_map.is_constant:
        bars = places / float(meter.bar_beats)
    else:
        bars = np.array([float(meter_map.bars(place)) for place in places], np.float64)
    return np.asarray(np.abs(bars - np.round(bars)) < _NEAR)
