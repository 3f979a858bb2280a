"""Makes a warp map onto the project's grid from tracked beats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.align.fit.time_models import FittedModel, TimeModel, best_model
from engine.align.track.bar_pulses import BarPulses
from engine.align.warpmap import WarpMap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.align.track import Beats
    from engine.music import TempoMap

    Times = NDArray[np.float64]

_FEWEST_MARKS = 8
TRUST_TO_BEND = 0.45  # below this trust in the beats, only a constant tempo is fitted
TRUST_AT_ALL = 0.38  # below this, the requested tempo is assumed and nothing is measured
_STILL_S = 0.0005  # a clip whose moments would all move by no more than this is not moved
_COARSE, _FINE = 1 / 4, 1 / 16  # quarter notes between a map's pairs, for a constant project tempo and a changing one
_MOST_BEND = 0.15  # a tempo that deviates from the clip's median by more than this share is a tracking error
_MOST_STRETCH = 1.3


@dataclass(frozen=True, slots=True, eq=False)
class MapFit:
    """A map onto the grid, with the evidence for it.

    Attributes:
        map: from the clip's time to the project's; the first downbeat goes to 0.
        model: "identity" (nothing moves), "constant" (one tempo), "linear" (a tempo that changes evenly) or "smooth".
        residual_ms: robust standard deviation of the attacks around the map; None if nothing was measured and the map
            is only the known ratio of the two tempos.
        notices: plain sentences the user should read.
    """

    map: WarpMap
    model: TimeModel
    residual_ms: float | None
    notices: tuple[str, ...]


def fit_map(beats: Beats, tempo_map: TempoMap, bars: float | None = None) -> MapFit:
    """Return the map that puts `beats` on `tempo_map` (beat 0 = the first downbeat), by the simplest model that fits.

    `bars` is the number of bars that will be cut out, if known; the map is exact for these and for all that sounds.
    """
    if len(beats.marks.beats) < _FEWEST_MARKS or beats.trust < TRUST_AT_ALL:
        return _by_ratio(beats, tempo_map, bars)
    flexible = beats.trust >= TRUST_TO_BEND
    bars_in_pulses = BarPulses(beats.pulse_beats, beats.bar_pulses, beats.bar_lines)
    fitted = best_model(beats.marks, float(beats.pulse_beats), bars_in_pulses, flexible=flexible)
    places = _places(beats, tempo_map, bars)
    target_s = _grid_s(tempo_map, places)
    source_s = fitted.curve(places)
    tempos = np.diff(places) / np.diff(source_s) * 60.0
    if (np.abs(tempos / np.median(tempos) - 1.0) > _MOST_BEND).any() or not _possible(tempos, beats.requested_bpm):
        return _by_ratio(beats, tempo_map, bars)
    if _is_still(fitted, source_s, target_s, beats):
        return MapFit(WarpMap.constant(), "identity", fitted.scale_s * 1e3, ())
    return MapFit(WarpMap(source_s, target_s), fitted.model, fitted.scale_s * 1e3, _doubts(beats))


def _places(beats: Beats, tempo_map: TempoMap, bars: float | None) -> Times:
    """Return the places of the map's pairs in quarter notes: over all audible or cut music, and at tempo changes."""
    pulse = float(beats.pulse_beats)
    known = beats.beats if len(beats.times_s) else np.array([0.0])
    last = max(float(known[-1]), (bars or 1.0) * beats.bar_pulses * pulse) + 1.0
    step = _COARSE if tempo_map.is_constant else _FINE
    places = np.arange(np.floor(min(known[0], 0.0)) / step, np.ceil(last / step) + 1) * step
    changes = [point.beat for point in tempo_map.points if 0.0 < point.beat < last]
    return np.unique(np.concatenate([places, changes]))


def _grid_s(tempo_map: TempoMap, places: Times) -> Times:
    """Return the target time of each place; before beat 0 the first tempo continues."""
    first_bpm = tempo_map.points[0].bpm
    return np.array([tempo_map.seconds(place) if place >= 0 else 60.0 * place / first_bpm for place in places])


def _is_still(fitted: FittedModel, source_s: Times, target_s: Times, beats: Beats) -> bool:
    """Return whether the clip is on the grid already, within the spread of its own attacks."""
    sounding = (source_s >= beats.first_sound_s - 0.1) & (source_s <= beats.length_s)
    if not sounding.any():
        return False
    moved = np.abs(target_s - source_s)[sounding].max()
    return bool(moved <= max(_STILL_S, fitted.spread_s))


def _possible(tempos: Times, requested_bpm: float) -> bool:
    ratio = float(np.median(tempos)) / requested_bpm
    return 1.0 / _MOST_STRETCH <= ratio <= _MOST_STRETCH


def _doubts(beats: Beats) -> tuple[str, ...]:
    if beats.trust >= TRUST_TO_BEND:
        return ()
    return ("The beats are hard to hear in this clip, so it was only brought to one even tempo.",)


def _by_ratio(beats: Beats, tempo_map: TempoMap, bars: float | None) -> MapFit:
    """Return the fit of a clip without usable beats: it is taken to have the requested tempo throughout."""
    even = ratio_map(beats, tempo_map, bars, beats.first_sound_s)
    source_s, target_s = even.source_s, even.target_s
    notice = (
        f"No steady beat was found in this clip, so it was taken to be at {beats.requested_bpm:g} BPM throughout; "
        "nothing was measured."
    )
    model: TimeModel = "identity" if np.abs(target_s - source_s).max() < 1e-9 else "constant"
    return MapFit(even, model, None, (notice,))


def ratio_map(beats: Beats, tempo_map: TempoMap, bars: float | None, start_s: float) -> WarpMap:
    """Return the map of a clip that has the requested tempo throughout and its first downbeat at `start_s`."""
    places = _places(beats, tempo_map, bars)
    return WarpMap(start_s + places * 60.0 / beats.requested_bpm, _grid_s(tempo_map, places))
