"""The fallback for takes whose tracked beats lead to a bad result: the take is brought to its tempo and cut, no more.

A take must never come out worse than it would have without beat tracking. The proof decides, which had no part in
finding the beats. The simpler map's error is predicted by moving the onsets of the original take along that map, so
nothing has to be warped to find out.
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
    from engine.music import Meter, MeterMap, TempoMap

# A simpler map is taken if its median error is below this share of the other's, and lower by this many milliseconds …
_BETTER_SHARE, _BETTER_MS = 0.8, 0.5
_KEPT_ONSETS = 0.7  # … and if at least this share of the onsets could still be measured
_EARLY_S = 0.005  # onsets up to this long before the first frame count as on it


def simpler_map(
    measured: GridError,
    onsets: Onsets,
    beats: Beats,
    tempo_map: TempoMap,
    meter: Meter,
    length_s: float,
    meter_map: MeterMap | None = None,
) -> tuple[WarpMap, GridError] | None:
    """Return (map by the known tempo ratio, its predicted error) if it is clearly better than `measured`, else None.

    `onsets` are those that the proof finds in the original take; `length_s` is the length of the grid. The first
    downbeat is the tracked one. If `measured` is not tight, the first sound and the first frame are tried too, and
    taken only if the prediction from there is tight and has an onset on a downbeat.
    """
    tracked_s = float(beats.times_s[beats.first_downbeat]) if len(beats.times_s) else 0.0
    best: tuple[WarpMap, GridError] | None = None
    for start_s in (tracked_s, beats.first_sound_s, 0.0):
        even = ratio_map(beats, tempo_map, length_s * beats.requested_bpm / 60.0 / float(meter.bar_beats), start_s)
        error = prove_onsets(_moved(onsets, even, length_s), length_s, tempo_map, meter, meter_map=meter_map)
        guessed = start_s != tracked_s
        if guessed and (measured.verdict == "tight" or error.verdict != "tight" or error.downbeat_offset_ms is None):
            continue
        if clearly_better(error, measured if best is None else best[1]):
            best = even, error
    return best


def _moved(onsets: Onsets, along: WarpMap, length_s: float) -> Onsets:
    times_s = along.to_target(onsets.times_s)
    inside = (times_s > -_EARLY_S) & (times_s < length_s)
    return Onsets(np.maximum(times_s[inside], 0.0), onsets.strengths[inside])


def clearly_better(error: GridError, than: GridError) -> bool:
    """Return whether `error` is lower `than` another by more than measurement noise can explain."""
    if error.error_ms_median is None or error.error_ms_p95 is None:
        return False
    if than.error_ms_median is None or than.error_ms_p95 is None:
        return error.verdict == "tight"
    nearer = error.error_ms_median < min(_BETTER_SHARE * than.error_ms_median, than.error_ms_median - _BETTER_MS)
    return nearer and error.error_ms_p95 <= than.error_ms_p95 and error.onsets >= _KEPT_ONSETS * than.onsets
