"""Measures the distances of a finished take's onsets from the grid, independently of the tracker that moved them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.align.measure import GridError, verdict
from engine.align.proof.places import CELLS, on_bar_line, places_up_to

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.align.proof.onsets import Onsets
    from engine.music import Meter, MeterMap, TempoMap

    Times = NDArray[np.float64]

NOTHING_CLEAR = "no onsets clear enough to measure"
_MOST_S = 0.04  # an onset farther from every place of the grid is another note …
_MOST_OF_CELL = 0.45  # … and so is one farther than this share of the distance between places
_FEWEST = 8  # onsets, to measure anything
_GROOVE_FEWEST = 4  # onsets, to recognise a groove


def prove_onsets(
    onsets: Onsets,
    length_s: float,
    tempo_map: TempoMap,
    meter: Meter,
    *,
    meter_map: MeterMap | None = None,
) -> GridError:
    """Measure the `onsets` of audio of `length_s` seconds against `tempo_map`, beat 0 at its first frame.

    Bars are those of `meter`, or of `meter_map` where it changes.

    Every quarter of a beat is a place for onsets. Off the beat, the median error of all onsets in the same quarter is
    groove and is subtracted; on the beat nothing is subtracted.
    """
    grid = places_up_to(tempo_map.beats(length_s), meter, meter_map)
    places, errors_s = _matched(onsets, tempo_map, grid)
    if len(errors_s) < _FEWEST:
        return GridError(NOTHING_CLEAR, None, None, None, None, len(errors_s), "could not measure")
    errors_s = _without_groove(places, errors_s)
    errors_ms = 1000.0 * errors_s
    median, p95 = float(np.median(np.abs(errors_ms))), float(np.percentile(np.abs(errors_ms), 95))
    downbeat = _downbeat_ms(errors_ms, on_bar_line(places, meter, meter_map))
    mean_bpm = 60.0 * tempo_map.beats(length_s) / length_s
    return GridError(
        method=f"{len(errors_ms)} onsets of the finished mix, complex domain",
        tempo_measured=_tempo_after(places, errors_s, tempo_map, mean_bpm),
        error_ms_median=median,
        error_ms_p95=p95,
        downbeat_offset_ms=downbeat,
        onsets=len(errors_ms),
        verdict=verdict(median, p95, downbeat),
    )


def _matched(onsets: Onsets, tempo_map: TempoMap, grid: Times) -> tuple[Times, Times]:
    """Return (place in quarter notes, error in seconds) of the strongest onset at each place of `grid` with one."""
    count = len(grid)
    grid_s = np.array([tempo_map.seconds(beat) for beat in grid])
    right = np.clip(np.searchsorted(grid_s, onsets.times_s), 1, count - 1)
    nearest = np.where(onsets.times_s - grid_s[right - 1] < grid_s[right] - onsets.times_s, right - 1, right)
    errors_s = onsets.times_s - grid_s[nearest]
    near = np.abs(errors_s) <= np.minimum(_MOST_S, _MOST_OF_CELL * np.gradient(grid_s)[nearest])
    order = np.flatnonzero(near)[np.argsort(onsets.strengths[near])]
    strongest = np.full(count, -1)
    strongest[nearest[order]] = order
    chosen = strongest[strongest >= 0]
    return grid[nearest[chosen]], errors_s[chosen]


def _without_groove(places: Times, errors_s: Times) -> Times:
    """Subtract the median error of each off-beat quarter from its onsets."""
    kept = errors_s.copy()
    quarter = np.round(places * CELLS).astype(np.intp) % CELLS
    for number in range(1, CELLS):
        inside = quarter == number
        if inside.sum() >= _GROOVE_FEWEST:
            kept[inside] -= np.median(errors_s[inside])
    return kept


def _downbeat_ms(errors_ms: Times, is_downbeat: NDArray[np.bool_]) -> float | None:
    """Error of the first downbeat that has an onset, measured − expected."""
    at = np.flatnonzero(is_downbeat)
    return float(errors_ms[at[0]]) if at.size else None


def _tempo_after(places: Times, errors_s: Times, tempo_map: TempoMap, mean_bpm: float) -> float | None:
    expected_s = np.array([tempo_map.seconds(place) for place in places])
    if np.ptp(expected_s) < 1.0:
        return None
    centred = expected_s - expected_s.mean()
    slope = 1.0 + float(centred @ errors_s / (centred @ centred))
    return mean_bpm / slope
