"""Finds the attacks in a take: the moments that must stay sharp in the warp.

1. Short spectra of each channel are summed in power over bands half an octave wide.
2. An attack is where the mean level of a third of the bands (lows, middle or highs) rises by `_MIN_RISE_DB` within 15
   ms in any channel: a stem's attack is found even where other stems mask it.
3. Its time is refined in the samples: where the energy of 1 ms rises most steeply against the 3 ms before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from engine.align.warp.split import SPLIT_HZ

if TYPE_CHECKING:
    from engine.contract import Audio, Source

    Times = NDArray[np.float64]

_WINDOW_S = 0.010
_BLOCK_S = 20.0
_BANDS_PER_OCTAVE = 2
_FLOOR_DB = -60.0  # relative to the loudest band of the block: rises below this level do not count
_MIN_RISE_DB = 4.0
_MOST_RISE_DB = 30.0
_LAG = 3  # half-overlapping windows over which a level may rise: 15 ms
_LOW_MEMORY = 14  # windows: 70 ms, one period of a beating at 14 Hz
_MIN_GAP_S = 0.03
_SEARCH_S = 0.012
_AT_ONCE = 64  # windows per matrix product: more would start threads that cost more than they save


@dataclass(frozen=True, slots=True, eq=False)
class WarpAttacks:
    """The times of attacks in seconds, rising, and whether each is audible in the lows [shape=(attacks,) each]."""

    times_s: Times
    in_lows: NDArray[np.bool_]


def find_attacks(source: Source, sample_rate: int) -> WarpAttacks:
    """Return the attacks in `source`, in any of its channels."""
    hop = max(2, round(_WINDOW_S * sample_rate / 2))
    block = round(_BLOCK_S * sample_rate / hop) * hop
    lead = (_LAG + 2) * hop
    times, lows = [np.empty(0)], [np.empty(0, np.bool_)]
    for start in range(0, source.frames, block):
        audio = np.ascontiguousarray(source.read(start - lead, start + block + lead).T)
        rises, in_lows = _rises(audio, hop, sample_rate)
        frames = _refined(audio, rises, hop, sample_rate) + start - lead
        inside = (frames >= start) & (frames < start + block)
        times.append(frames[inside] / sample_rate)
        lows.append(in_lows[inside])
    return _distinct(np.concatenate(times), np.concatenate(lows))


def _distinct(times_s: Times, in_lows: NDArray[np.bool_]) -> WarpAttacks:
    """Return the attacks in order, without those that were found twice."""
    order = np.argsort(times_s, kind="stable")
    times_s, in_lows = times_s[order], in_lows[order]
    first = np.diff(times_s, prepend=-np.inf) >= _MIN_GAP_S / 2
    group = np.cumsum(first) - 1
    lows = np.zeros(int(first.sum()), np.bool_)
    lows[group[in_lows]] = True
    return WarpAttacks(times_s[first], lows)


def _rises(audio: Audio, hop: int, sample_rate: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return frames of `audio` [shape=(channels, frames)] near which bands rise, and whether low bands do."""
    levels_db, edges = _band_levels_db(audio, hop)
    before = _levels_before(levels_db)
    rises = np.clip(levels_db[:, _LAG:] - before, 0.0, _MOST_RISE_DB)
    groups = np.array_split(rises, 3, axis=2)
    rise = np.max([group.mean(axis=2).max(axis=0) for group in groups], axis=0)
    low_rise = rises[:, :, edges * sample_rate <= SPLIT_HZ * 2 * hop].mean(axis=2).max(axis=0)
    near = max(1, round(_MIN_GAP_S / _WINDOW_S))
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad([rise, low_rise], ((0, 0), (near, near))), 2 * near + 1, axis=1
    )
    highest, low_highest = windows.max(axis=2)
    peaks = np.flatnonzero((rise >= _MIN_RISE_DB) & (rise == highest))
    return (peaks + _LAG) * hop, low_highest[peaks] >= _MIN_RISE_DB


def _levels_before(levels_db: Audio) -> Audio:
    """Return the highest level just before each window from `_LAG` on; in the low third of the bands, over 70 ms.

    Low notes that sound together beat against each other, and each swell would be an attack if it were not compared
    with the one before.
    """
    before = np.maximum(levels_db[:, :-_LAG], levels_db[:, 1 : 1 - _LAG])
    low = levels_db.shape[2] // 3
    held = np.pad(before[:, :, :low], ((0, 0), (_LOW_MEMORY - 1, 0), (0, 0)), constant_values=-np.inf)
    before[:, :, :low] = np.lib.stride_tricks.sliding_window_view(held, _LOW_MEMORY, axis=1).max(axis=3)
    return before


def _band_levels_db(audio: Audio, hop: int) -> tuple[Audio, NDArray[np.intp]]:
    """Return levels in windows of 2 hops [shape=(channels, windows, bands)], and each band's first bin."""
    bins = hop + 1
    octaves = np.arange(0.0, np.log2(bins), 1.0 / _BANDS_PER_OCTAVE)
    edges = np.unique(np.round(2.0**octaves).astype(np.intp))
    edges = edges[edges < bins]
    in_band = (np.searchsorted(edges, np.arange(bins), side="right")[:, None] == np.arange(1, len(edges) + 1)).astype(
        np.float32
    )
    bands = np.stack([_band_powers(channel, hop, in_band) for channel in audio])
    floor = bands.max() * np.float32(10 ** (_FLOOR_DB / 10)) + np.float32(1e-12)
    levels: Audio = np.log10(bands + floor, dtype=np.float32) * np.float32(10.0)
    return levels, edges


def _band_powers(channel: Audio, hop: int, in_band: Audio) -> Audio:
    """Return one channel's band powers [shape=(windows, bands)], computed a few windows at a time for the cache."""
    windows = np.lib.stride_tricks.sliding_window_view(channel, 2 * hop)[::hop]
    shape = np.hanning(2 * hop).astype(np.float32)
    powers = np.empty((len(windows), in_band.shape[1]), np.float32)
    for start in range(0, len(windows), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        spectra = scipy.fft.rfft(windows[part] * shape, axis=1, overwrite_x=True)
        np.matmul(spectra.real**2 + spectra.imag**2, in_band, out=powers[part])
    return powers


def _refined(audio: Audio, rises: NDArray[np.intp], hop: int, sample_rate: int) -> Times:
    """Return each of `rises` moved to the steepest rise near it."""
    short, long = max(1, sample_rate // 1000), max(3, 3 * sample_rate // 1000)
    reach = round(_SEARCH_S * sample_rate) + hop
    offsets = np.arange(-reach - long, reach + short + 1)
    index = np.clip(rises[:, None] + offsets, 1, audio.shape[1] - 1)
    energy = np.zeros(audio.shape[1], np.float32)
    for channel in audio:
        steps = np.diff(channel)
        energy[1:] += np.multiply(steps, steps, out=steps)
    total = np.cumsum(energy[index], axis=1, dtype=np.float64)
    after = total[:, long + short :] - total[:, long:-short]
    before = total[:, long:-short] - total[:, : -long - short]
    floor = 1e-4 * after.max(axis=1, initial=0.0, keepdims=True) + 1e-20
    steepest = np.argmax(after / (before + floor), axis=1)
    frames: Times = (rises - reach + steepest + 1).astype(np.float64)
    return frames
