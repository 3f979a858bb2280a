"""Finds the path of beats through a clip whose tempo is roughly known, by dynamic programming over times and periods.

A state is "a beat at this moment, its predecessor one period before". Its score is the onset evidence at the beat
and, with less weight, at its half and quarters, plus the best predecessor's score, minus a penalty for the change of
the period (after Ellis, Beat Tracking by Dynamic Programming, 2007, with the period as part of the state as in Krebs,
Böck & Widmer, An efficient state-space model for joint tempo and meter tracking, 2015). Time runs in 1/96 of the
expected period, so that every tempo is resolved equally.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.align.track.analysis import Analysis
from engine.align.track.bands import rises

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float32]
    Times = NDArray[np.float64]

STEPS = 96
RANGE = 0.08
_BLUR_STEPS = 2.0
_HALF, _QUARTER = 0.5, 0.25  # weights of the evidence there, against 1 on the beat
_CHANGE = (
    0.03  # a change of the period by this share from one beat to the next costs as much as an average onset gains
)
_FAR = 0.06  # a period that differs from the expected one by this share costs a tenth of that, at every beat
_FLOOR_HOPS, _FLOOR_SHARE = 100, 1.25
_CLEAR_CONTRAST = 2.3  # ten times the power


def strengths(analysis: Analysis) -> Values:
    """Return the strengths of the attacks; 1 is a typical strong attack [shape=(attacks,)]."""
    hops = analysis.attacks.hops
    if not len(hops):
        return np.empty(0, np.float32)
    rise = rises(analysis.powers).sum(axis=1)
    above = np.maximum(rise[hops] - _FLOOR_SHARE * _floor(rise)[hops // _FLOOR_HOPS], 0.0)
    strength = np.sqrt(above * np.clip(analysis.attacks.contrast / _CLEAR_CONTRAST, 0.0, 1.0))
    # The mean weighted by itself: many weak attacks do not pull it down.
    strong = float((strength**2).sum()) / max(float(strength.sum()), 1e-12)
    return np.asarray(strength / max(strong, 1e-12), dtype=np.float32)


def _floor(rise: Values) -> Values:
    """Return the steady rise of the levels, from beating and noise, for every `_FLOOR_HOPS` hops."""
    from scipy.ndimage import median_filter

    padded = np.pad(rise, (0, -len(rise) % _FLOOR_HOPS), mode="edge").reshape(-1, _FLOOR_HOPS)
    floor: Values = median_filter(np.quantile(padded, 0.75, axis=1), 5, mode="nearest")
    return floor


def find_path(times_s: Times, strength: Values, length_s: float, period_s: float) -> Times:
    """Return the beat times in seconds of the best path through the attacks at `times_s` [shape=(beats,)].

    The path covers the whole clip, its first beat within one period from the start; times are quantised to 1/96 of
    the period.
    """
    step_s = period_s / STEPS
    periods = np.arange(round(STEPS * (1 - RANGE)), round(STEPS * (1 + RANGE)) + 1)
    score, origin = _search(_evidence(times_s, strength, length_s, step_s), periods)
    return (_trace(score, origin, periods) - STEPS) * step_s


def _evidence(times_s: Times, strength: Values, length_s: float, step_s: float) -> Values:
    """Return the onset strength at each step minus its local mean, after one expected period of silence."""
    from scipy.ndimage import gaussian_filter1d, uniform_filter1d

    steps = int(np.ceil(length_s / step_s)) + 2 * STEPS
    at = times_s / step_s + STEPS
    low = np.clip(np.floor(at).astype(np.intp), 0, steps - 2)
    part = (at - low).astype(np.float32)
    onsets = np.bincount(low, strength * (1 - part), steps) + np.bincount(low + 1, strength * part, steps)
    blurred = gaussian_filter1d(onsets.astype(np.float32), _BLUR_STEPS) * (_BLUR_STEPS * np.sqrt(2 * np.pi))
    blurred = np.minimum(blurred, 2.0)
    return np.asarray(blurred - uniform_filter1d(blurred, 4 * STEPS), dtype=np.float32)


def _search(evidence: Values, periods: NDArray[np.intp]) -> tuple[Values, NDArray[np.int16]]:
    """Return the best score of each state [shape=(steps, periods)] and its predecessor's period, −1 at a start."""
    count, longest, shortest = len(evidence), int(periods[-1]), int(periods[0])
    deviation = (periods - STEPS) / STEPS
    change = ((deviation[:, None] - deviation[None, :]) / _CHANGE) ** 2
    far = 0.1 * (deviation / _FAR) ** 2
    padded = np.concatenate([np.zeros(longest, np.float32), evidence])
    score = np.full((longest + count, len(periods)), -np.inf, np.float32)
    origin = np.full((longest + count, len(periods)), -1, np.int16)
    # Within the shortest period no state depends on another, so these steps are computed at once.
    for first in range(0, count, shortest):
        at = np.arange(first, min(first + shortest, count)) + longest
        local = _local(padded, at, periods) - far
        before = score[at[:, None] - periods]  # [at, period, earlier period]
        reached = before - change
        best = np.argmax(reached, axis=2)
        gained = np.take_along_axis(reached, best[..., None], axis=2)[..., 0]
        starts = (at < longest + STEPS + longest)[:, None] & ~np.isfinite(gained)
        score[at] = np.where(starts, padded[at][:, None], gained + local)
        origin[at] = np.where(np.isfinite(gained), best, -1)
    return score[longest:], origin[longest:]


def _local(padded: Values, at: NDArray[np.intp], periods: NDArray[np.intp]) -> Values:
    """Return the evidence of each state: at its beat, its half and its quarters [shape=(at, periods)]."""
    grid = at[:, None]
    half = padded[grid - periods // 2]
    quarters = padded[grid - periods // 4] + padded[grid - (3 * periods) // 4]
    return np.asarray(padded[grid] + _HALF * half + _QUARTER * quarters, dtype=np.float32)


def _trace(score: Values, origin: NDArray[np.int16], periods: NDArray[np.intp]) -> Times:
    """Return the beats (steps) of the path with the best last beat."""
    tail = score[-int(periods[-1]) :]
    row, period = np.unravel_index(int(np.argmax(tail)), tail.shape)
    at, column = len(score) - len(tail) + int(row), int(period)
    beats = [at]
    while origin[at, column] >= 0:
        at, column = at - int(periods[column]), int(origin[at, column])
        beats.append(at)
    return np.array(beats[::-1], dtype=np.float64)
