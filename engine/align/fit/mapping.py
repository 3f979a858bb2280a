"""From tracked beats to a warp map onto the project's grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.align.fit.time_models import Fitted, Model, best_model
from engine.align.warpmap import WarpMap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.align.track import Beats
    from engine.music import TempoMap

    Times = NDArray[np.float64]

FEWEST_MARKS = 8
TRUST_TO_BEND = 0.45  # below: constant tempo only
TRUST_AT_ALL = 0.38  # below: the known tempo ratio, nothing measured
STILL_S = 0.0005
_COARSE, _FINE = 1 / 4, 1 / 16  # quarter notes between a map's pairs, where the project's tempo is constant and not
_MOST_BEND = 0.15  # a tempo farther than this from the clip's usual one is no drift
_MOST_STRETCH = 1.3


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A map onto the grid, and what it rests on.

    Attributes:
        map: from the clip's time to the project's; the first downbeat goes to 0.
        model: "identity" (nothing moves), "constant" (one tempo), "linear" (a tempo that moves evenly) or "smooth".
        residual_ms: robust standard deviation of the attacks around the map; None if nothing was measured.
        measured: False if the map is only the known ratio of the two tempos.
        notices: plain sentences the user should read.
    """

    map: WarpMap
    model: Model
    residual_ms: float | None
    measured: bool
    notices: tuple[str, ...]


def fit_map(beats: Beats, tempo_map: TempoMap, bars: float | None = None) -> Fit:
    """Return the map that puts `beats` on `tempo_map` (beat 0 = the first downbeat), no more bent than they ask for.

    `bars` is how many bars will be cut out, if known; the map is exact for these and for all that sounds.
    """
    if len(beats.marks.beats) < FEWEST_MARKS or beats.trust < TRUST_AT_ALL:
        return _by_ratio(beats, tempo_map, bars)
    flexible = beats.trust >= TRUST_TO_BEND
    fitted = best_model(beats.marks, float(beats.pulse_beats), beats.bar_pulses, flexible=flexible)
    places = _places(beats, tempo_map, bars)
    target_s = _grid_s(tempo_map, places)
    source_s = fitted.curve(places)
    tempos = np.diff(places) / np.diff(source_s) * 60.0
    if (np.abs(tempos / np.median(tempos) - 1.0) > _MOST_BEND).any() or not _possible(tempos, beats.wanted_bpm):
        return _by_ratio(beats, tempo_map, bars)
    if _is_still(fitted, source_s, target_s, beats):
        return Fit(WarpMap.constant(), "identity", fitted.scale_s * 1e3, True, ())
    return Fit(WarpMap(source_s, target_s), fitted.model, fitted.scale_s * 1e3, True, _doubts(beats))


def _places(beats: Beats, tempo_map: TempoMap, bars: float | None) -> Times:
    """Places for the map's pairs in quarter notes: all that sounds or is cut out, and where the tempo changes."""
    pulse = float(beats.pulse_beats)
    known = beats.beats if len(beats.times_s) else np.array([0.0])
    last = max(float(known[-1]), (bars or 1.0) * beats.bar_pulses * pulse) + 1.0
    step = _COARSE if tempo_map.is_constant else _FINE
    places = np.arange(np.floor(min(known[0], 0.0)) / step, np.ceil(last / step) + 1) * step
    changes = [point.beat for point in tempo_map.points if 0.0 < point.beat < last]
    return np.unique(np.concatenate([places, changes]))


def _grid_s(tempo_map: TempoMap, places: Times) -> Times:
    """Target time of each place; before beat 0 the first tempo goes on."""
    first_bpm = tempo_map.points[0].bpm
    return np.array([tempo_map.seconds(place) if place >= 0 else 60.0 * place / first_bpm for place in places])


def _is_still(fitted: Fitted, source_s: Times, target_s: Times, beats: Beats) -> bool:
    """True if the clip is on the grid already, as far as its own attacks can tell."""
    sounding = (source_s >= beats.first_sound_s - 0.1) & (source_s <= beats.length_s)
    if not sounding.any():
        return False
    moved = np.abs(target_s - source_s)[sounding].max()
    return bool(moved <= max(STILL_S, fitted.spread_s))


def _possible(tempos: Times, wanted_bpm: float) -> bool:
    ratio = float(np.median(tempos)) / wanted_bpm
    return 1.0 / _MOST_STRETCH <= ratio <= _MOST_STRETCH


def _doubts(beats: Beats) -> tuple[str, ...]:
    if beats.trust >= TRUST_TO_BEND:
        return ()
    return ("The beats are hard to hear in this clip, so it was only brought to one even tempo.",)


def _by_ratio(beats: Beats, tempo_map: TempoMap, bars: float | None) -> Fit:
    """The map of a clip that gives nothing to hold on to: its tempo is taken to be the wanted one throughout."""
    even = ratio_map(beats, tempo_map, bars, beats.first_sound_s)
    source_s, target_s = even.source_s, even.target_s
    notice = (
        f"No steady beat was found in this clip, so it was taken to be at {beats.wanted_bpm:g} BPM throughout; "
        "nothing was measured."
    )
    model: Model = "identity" if np.abs(target_s - source_s).max() < 1e-9 else "constant"
    return Fit(even, model, None, False, (notice,))


def ratio_map(beats: Beats, tempo_map: TempoMap, bars: float | None, start_s: float) -> WarpMap:
    """Return the map of a clip that has the wanted tempo throughout and its first downbeat at `start_s`."""
    places = _places(beats, tempo_map, bars)
    return WarpMap(start_s + places * 60.0 / beats.wanted_bpm, _grid_s(tempo_map, places))
