"""Attacks in a take: the moments that must arrive sharp, and where the warp map puts them.

1. Short spectra of all channels, summed in power over channels and over bands about half an octave wide.
2. An attack is where the levels of neighbouring bands rise together, in the mean of a third of them (lows, middle or
   highs) by `_MIN_RISE_DB`, within 15 ms.
3. Its time is refined in the samples: where the energy of 1 ms rises most steeply against the 3 ms before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.fft
from numpy.typing import NDArray

if TYPE_CHECKING:
    from engine.align.warp.source import Source
    from engine.seam import Audio

    Times = NDArray[np.float64]

_WINDOW_S = 0.010
_BLOCK_S = 20.0
_LOWEST_HZ = 40.0
_BANDS_PER_OCTAVE = 2
_FLOOR_DB = -60.0  # of the loudest band of the block: what is below has no rises
_MIN_RISE_DB = 4.0
_LAG = 3  # windows back, half overlapping: the rise takes 15 ms at most
_MIN_GAP_S = 0.03
_SEARCH_S = 0.012


def find_attacks(source: Source, sample_rate: int) -> Times:
    """Return the times of the attacks in `source`, in seconds, rising [shape=(attacks,)]."""
    hop = max(2, round(_WINDOW_S * sample_rate / 2))
    block = round(_BLOCK_S * sample_rate / hop) * hop
    lead = (_LAG + 2) * hop
    found = []
    for start in range(0, source.frames, block):
        audio = np.ascontiguousarray(source.read(start - lead, start + block + lead).T)
        frames = _refined(audio, _rises(audio, hop), hop, sample_rate) + start - lead
        found.append(frames[(frames >= start) & (frames < start + block)])
    times = np.concatenate(found) / sample_rate if found else np.empty(0)
    gaps = np.diff(times, prepend=-np.inf)
    return times[gaps >= _MIN_GAP_S / 2]


def _rises(audio: Audio, hop: int) -> NDArray[np.intp]:
    """Frames of `audio` [shape=(channels, frames)] near which the bands rise."""
    levels_db = _band_levels_db(audio, hop)
    before = np.maximum(levels_db[:-_LAG], levels_db[1 : 1 - _LAG])
    rises = np.clip(levels_db[_LAG:] - before, 0.0, 30.0)
    rise = np.max([third.mean(axis=1) for third in np.array_split(rises, 3, axis=1)], axis=0)
    near = max(1, round(_MIN_GAP_S * 1000 / (_WINDOW_S * 500)))
    padded = np.pad(rise, near)
    highest = np.lib.stride_tricks.sliding_window_view(padded, 2 * near + 1).max(axis=1)
    peaks = np.flatnonzero((rise >= _MIN_RISE_DB) & (rise == highest))
    return (peaks + _LAG) * hop


def _band_levels_db(audio: Audio, hop: int) -> Audio:
    """Levels of the bands in windows of 2 hops [shape=(windows, bands)]."""
    windows = np.lib.stride_tricks.sliding_window_view(audio, 2 * hop, axis=1)[:, ::hop]
    shape = np.hanning(2 * hop).astype(np.float32)
    spectra = scipy.fft.rfft(windows * shape, axis=2, workers=2)
    power = (spectra.real**2 + spectra.imag**2).sum(axis=0)
    bins = power.shape[1]
    octaves = np.arange(0.0, np.log2(bins), 1.0 / _BANDS_PER_OCTAVE)
    edges = np.unique(np.round(2.0**octaves).astype(int))
    bands = np.add.reduceat(power, edges[edges < bins], axis=1)
    floor = bands.max() * 10 ** (_FLOOR_DB / 10) + 1e-12
    levels: Audio = 10.0 * np.log10(bands + floor)
    return levels


def _refined(audio: Audio, rises: NDArray[np.intp], hop: int, sample_rate: int) -> Times:
    """Move each of `rises` to the steepest rise near it."""
    short, long = max(1, sample_rate // 1000), max(3, 3 * sample_rate // 1000)
    reach = round(_SEARCH_S * sample_rate) + hop
    offsets = np.arange(-reach - long, reach + short + 1)
    index = np.clip(rises[:, None] + offsets, 1, audio.shape[1] - 1)
    energy = sum(((channel[index] - channel[index - 1]) ** 2 for channel in audio), np.zeros(index.shape, np.float32))
    total = np.cumsum(energy.astype(np.float64), axis=1)
    after = total[:, long + short :] - total[:, long:-short]
    before = total[:, long:-short] - total[:, : -long - short]
    floor = 1e-4 * after.max(axis=1, initial=0.0, keepdims=True) + 1e-20
    steepest = np.argmax(after / (before + floor), axis=1)
    return (rises - reach + steepest + 1).astype(np.float64)
