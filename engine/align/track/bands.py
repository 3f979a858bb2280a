"""Levels of frequency bands over time, their rises (for onsets), and pitch classes (for harmony)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float32]

HOP_S = 0.005
_WINDOW_S = 0.02  # at least; rounded up to a power of two
_LOW_HZ, _HIGH_HZ, _BANDS = 40.0, 16_000.0, 18
_RANGE = 1e-5  # powers under this share of a band's peak count as silence (−50 dB)
_WEAK_BAND = 1e-4  # a band's peak is taken as at least this share of the loudest band's (−40 dB)
_LAG = 2  # hops over which a rise is measured
_CHROMA_HZ = (100.0, 2_000.0)
_FRAMES_AT_ONCE = 4096


def hop_frames(sample_rate: int) -> int:
    """Return the frames from one hop to the next, about 5 ms."""
    return max(1, round(HOP_S * sample_rate))


def window_frames(sample_rate: int) -> int:
    """Return the length of the analysis window in frames, a power of two of at least 20 ms."""
    return int(2 ** np.ceil(np.log2(_WINDOW_S * sample_rate)))


def band_edges(sample_rate: int) -> NDArray[np.intp]:
    """Return the first FFT bin of each band, and the end of the last; low bands that share a bin are merged."""
    size = window_frames(sample_rate)
    top_hz = min(_HIGH_HZ, 0.48 * sample_rate)
    bins = np.round(np.geomspace(_LOW_HZ, top_hz, _BANDS + 1) * size / sample_rate).astype(np.intp)
    return np.unique(np.maximum(bins, 1))


def band_powers(samples: Values, sample_rate: int, first: int, count: int) -> Values:
    """Return the power in each band around `count` hops, the first centred at frame `first` [shape=(count, bands)].

    `samples` [shape=(frames,)] must reach half a window beyond the outermost hops.
    """
    from scipy import fft

    size, hop, edges = window_frames(sample_rate), hop_frames(sample_rate), band_edges(sample_rate)
    window = np.hanning(size + 1)[:-1].astype(np.float32) * (2.0 / size)
    windows = np.lib.stride_tricks.sliding_window_view(samples, size)[first - size // 2 :: hop][:count]
    powers = np.empty((count, len(edges) - 1), np.float32)
    for start in range(0, count, _FRAMES_AT_ONCE):
        part = slice(start, start + _FRAMES_AT_ONCE)
        spectrum = fft.rfft(windows[part] * window, axis=1)[:, : edges[-1]]
        power = spectrum.real**2 + spectrum.imag**2
        powers[part] = np.add.reduceat(power, edges[:-1], axis=1)
    return powers


def rises(powers: Values) -> Values:
    """Return the rise of each band's level [shape=(hops, bands)]; from silence to the band's peak it is about 1.

    A level is the logarithm of the power, clipped at 50 dB under the band's peak; a rise is measured over two hops.
    """
    peaks = np.quantile(powers, 0.999, axis=0)
    floor = np.maximum(_RANGE * np.maximum(peaks, _WEAK_BAND * peaks.max(initial=0.0)), 1e-14)
    levels = np.log1p(powers / floor) / np.log(1.0 / _RANGE)
    before = np.zeros_like(levels)
    before[_LAG:] = levels[:-_LAG]
    before[:_LAG] = levels[:_LAG]
    return np.asarray(np.maximum(levels - before, 0.0), np.float32)


def pitch_classes(samples: Values, sample_rate: int, centres: NDArray[np.intp]) -> Values:
    """Return the shares of the pitch classes around the frames `centres` [shape=(centres, 12)], rows of length 1."""
    from scipy import fft

    size = int(2 ** np.ceil(np.log2(0.15 * sample_rate)))
    half = size // 2
    padded = np.concatenate([np.zeros(half, np.float32), samples, np.zeros(size, np.float32)])
    frequencies = np.fft.rfftfreq(size, 1.0 / sample_rate)
    used = (frequencies >= _CHROMA_HZ[0]) & (frequencies <= _CHROMA_HZ[1])
    classes = np.round(12.0 * np.log2(frequencies[used] / 440.0)).astype(np.intp) % 12
    to_class = (classes[:, None] == np.arange(12)).astype(np.float32)
    window = np.hanning(size).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)[centres]
    chroma = np.sqrt(np.abs(fft.rfft(windows * window, axis=1))[:, used]) @ to_class
    length = np.linalg.norm(chroma, axis=1, keepdims=True)
    return np.asarray(chroma / np.maximum(length, 1e-9), dtype=np.float32)
