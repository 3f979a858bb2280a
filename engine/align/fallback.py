"""Never worse than unwarped: a take whose followed beats measure badly is brought to its tempo and cut, no more.

The judge is the proof, which had no part in finding the beats. What the simpler map would measure is told from the
onsets of the take as it came, moved along that map: nothing has to be warped for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.align.fit import ratio_map
from engine.align.proof import Onsets, prove_onsets

if TYPE_CHECKING:
    from engine.align.measure import GridError
    from engine.align.track import Beats
    from engine.align.warpmap import WarpMap
    from engine.music import Meter, TempoMap

_CLEARLY, _CLEARLY_MS = 0.8, 0.5  # a simpler map is taken if its median error is less by so much in both ways …
_MOST_LOST = 0.7  # … and is of so many of the onsets at least
_EARLY_S = 0.005  # an onset so much before the first frame is on it


def simpler_map(
    measured: GridError, onsets: Onsets, beats: Beats, tempo_map: TempoMap, meter: Meter, length_s: float
) -> tuple[WarpMap, GridError] | None:
    """Return (a map by the known tempo ratio, what it would measure) if that clearly beats `measured`, else None.

    `onsets` are the proof's, of the take as it came; `length_s` is the grid's. The first downbeat is the tracked one;
    only if that is far off the grid, the first sound or the first frame, and only if the grid is met there.
    """
    tracked_s = float(beats.times_s[beats.first_downbeat]) if len(beats.times_s) else 0.0
    best: tuple[WarpMap, GridError] | None = None
    for start_s in (tracked_s, beats.first_sound_s, 0.0):
        even = ratio_map(beats, tempo_map, length_s * beats.wanted_bpm / 60.0 / float(meter.bar_beats), start_s)
        error = prove_onsets(_moved(onsets, even, length_s), length_s, tempo_map, meter)
        guessed = start_s != tracked_s
        if guessed and (measured.verdict == "tight" or error.verdict != "tight" or error.downbeat_offset_ms is None):
            continue
        if clearly_better(error, measured if best is None else best[1]):
            best = even, error
    return best


def _moved(onsets: Onsets, along: WarpMap, length_s: float) -> Onsets:
    times_s = along.to_target(onsets.times_s)
    heard = (times_s > -_EARLY_S) & (times_s < length_s)
    return Onsets(np.maximum(times_s[heard], 0.0), onsets.strengths[heard])


def clearly_better(error: GridError, than: GridError) -> bool:
    """Return whether `error` is so much less `than` another that no chance of measuring explains it."""
    if error.error_ms_median is None or error.error_ms_p95 is None:
        return False
    if than.error_ms_median is None or than.error_ms_p95 is None:
        return error.verdict == "tight"
    nearer = error.error_ms_median < min(_CLEARLY * than.error_ms_median, than.error_ms_median - _CLEARLY_MS)
    return nearer and error.error_ms_p95 <= than.error_ms_p95 and error.onsets >= _MOST_LOST * than.onsets
