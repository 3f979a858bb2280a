"""Finds the beginning of a sound to a fraction of a millisecond: the moment at which the signal's power changes.

Around each coarse onset, the split into "before" and "after" is searched under which the samples are most likely if
both sides are noise of different power (the generalised likelihood ratio test for a change of variance; Basseville &
Nikiforov, Detection of Abrupt Changes, 1993, ch. 2). It needs no threshold and finds clicks, drums and plucks equally
well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float32]
    Times = NDArray[np.float64]

BEFORE_S, AFTER_S = 0.03, 0.02
_SEARCH_S = 0.016
_APART_HOPS = 4
_LEAST = 0.06  # a peak is at least this share of the piece's strong rises
_RAW_SHARE = 0.05  # weight of the raw samples, which are highly correlated in low tones, against their differences
_ROWS = 256  # attacks processed at once


@dataclass(frozen=True, slots=True)
class TrackedAttacks:
    """Beginnings of sounds, in order.

    Attributes:
        times_s: seconds from the audio's first frame [shape=(attacks,)].
        contrast: natural logarithm of the power after it over the power before it, above 0.
        hops: the analysis hop of each attack's coarse onset.
    """

    times_s: Times
    contrast: Times
    hops: NDArray[np.intp]


def peaks(strength: Values) -> NDArray[np.intp]:
    """Return the hops at which `strength` is highest within ±20 ms and above a threshold [shape=(peaks,)]."""
    from scipy.ndimage import maximum_filter1d

    if not len(strength) or strength.max() <= 0.0:
        return np.empty(0, np.intp)
    highest = maximum_filter1d(strength, 2 * _APART_HOPS + 1, mode="constant")
    strong = np.quantile(strength[strength > 0.0], 0.98)
    found: NDArray[np.intp] = np.flatnonzero((strength >= highest) & (strength > _LEAST * strong))
    return found


def refine(samples: Values, centres: NDArray[np.intp], sample_rate: int) -> tuple[Times, Times]:
    """Return (frames, contrast) of the changes of power nearest to the frames `centres` [shape=(attacks,) each].

    `samples` [shape=(frames,)] must reach `BEFORE_S` and `AFTER_S` beyond them.
    """
    before, after, search = (round(s * sample_rate) for s in (BEFORE_S + _SEARCH_S, AFTER_S + _SEARCH_S, _SEARCH_S))
    steep = np.diff(samples, prepend=samples[:1])
    offsets = np.arange(-before, after)
    frames, contrast = np.empty(len(centres)), np.empty(len(centres))
    for start in range(0, len(centres), _ROWS):
        rows = slice(start, start + _ROWS)
        window = centres[rows, None] + offsets
        frames[rows], contrast[rows] = _split(samples[window], steep[window], before, search)
        frames[rows] += centres[rows]
    return frames, contrast


def _split(raw: Values, steep: Values, centre: int, search: int) -> tuple[Times, Times]:
    """Return the best split of each row, in frames from `centre`, and the contrast there."""
    gain, contrasts = _likelihood(steep, centre, search)
    gain += _RAW_SHARE * _likelihood(raw, centre, search)[0]
    # The end of a click is as abrupt a change as its beginning, but no attack.
    at = np.argmax(np.where(contrasts > 0.0, gain, -np.inf), axis=1)
    contrast = contrasts[np.arange(len(at)), at]
    return at - float(search), contrast


def _likelihood(signal: Values, centre: int, search: int) -> tuple[Times, Times]:
    """Return (log likelihood gain, log power ratio) of each split [shape=(rows, 2 search) each]."""
    power = signal.astype(np.float64) ** 2
    total = np.cumsum(power, axis=1)
    at = np.arange(centre - search, centre + search)
    below, whole = total[:, at - 1], total[:, -1:]
    # 80 dB under the row's mean power: digital silence before a sound must not dominate.
    floor = 1e-8 * whole / signal.shape[1] + 1e-20
    left, right = below / at + floor, (whole - below) / (signal.shape[1] - at) + floor
    mean = whole / signal.shape[1] + floor
    gain = signal.shape[1] * np.log(mean) - at * np.log(left) - (signal.shape[1] - at) * np.log(right)
    return gain, np.log(right / left)
