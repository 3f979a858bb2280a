"""Onset detection for the proof, independent of the tracker's: complex-domain detection, timed by level crossings.

Detection is the rectified complex domain of Dixon, Onset Detection Revisited (2006): the distance of each bin from
the value predicted by a constant amplitude and phase advance. The time of an onset is where the samples' level first
reaches a tenth of the onset's peak and 1.5 times the level before it, in the whole signal or its upper part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.contract import Audio

    Signal = NDArray[np.float32]
    Times = NDArray[np.float64]

_WINDOW_S, _HOP_S = 0.0232, 0.0058
_PIECE_S, _OVERLAP_S = 20.0, 0.25
_PEAK_HOPS, _MEAN_HOPS = 5, 15
_OVER_MEAN = 1.4  # a detection is at least this factor above the mean around it …
_OVER_LOUDEST = 0.03  # … and at least this share of the clip's strong detections
_AT_ONCE = 200  # windows per transform, few enough to stay in the cache
_TINY = np.float32(1e-24)
_BIN_S = 0.0005
_BEFORE_S, _GUARD_S, _AFTER_S = 0.016, 0.009, 0.022
_CLIMB, _OVER_BACKGROUND = 0.1, 1.5
_SHARP_S = 0.005  # longest rise from the crossing to half of the peak: slower onsets have no clear time
_CLEAR = 2.5  # least ratio of the peak to the level before it, for an onset to have a clear time
_ABOVE_HZ = (500.0, 2_000.0)


@dataclass(frozen=True, slots=True)
class Onsets:
    """Onsets with a clear time [shape=(onsets,) each].

    Attributes:
        times_s: seconds from the first frame, rising.
        strengths: of the detection; 1 is a typical strong onset.
    """

    times_s: Times
    strengths: Times


def find_onsets(audio: Audio, sample_rate: int) -> Onsets:
    """Return the onsets of `audio`, float32 [shape=(frames, channels)]; it is read in pieces of twenty seconds."""
    size, overlap = round(_PIECE_S * sample_rate), round(_OVERLAP_S * sample_rate)
    found = []
    for start in range(0, max(len(audio), 1), size):
        first = max(0, start - overlap)
        signal = _one_channel(audio[first : start + size + overlap])
        # Silence in front, as long as the overlap would be, so that a sound at frame 0 is an onset too.
        lead = overlap - (start - first)
        times_s, strengths = _in_piece(np.pad(signal, (lead, overlap)), sample_rate)
        times_s += (start - overlap) / sample_rate
        inside = (times_s >= start / sample_rate - _HOP_S) & (times_s < (start + size) / sample_rate - _HOP_S)
        found.append((times_s[inside], strengths[inside]))
    times_s, strengths = (np.concatenate(parts) for parts in zip(*found, strict=True))
    strong = float((strengths**2).sum()) / max(float(strengths.sum()), 1e-12)
    kept = strengths > _OVER_LOUDEST * strong
    return Onsets(np.maximum(times_s[kept], 0.0), strengths[kept] / max(strong, 1e-12))


def _one_channel(audio: Audio) -> Signal:
    samples = np.nan_to_num(np.asarray(audio, dtype=np.float32), posinf=0.0, neginf=0.0)
    if not samples.size:
        return np.zeros(0, np.float32)
    samples = samples.reshape(len(samples), -1)
    # The loudest channel and the sum: opposite channels cancel in a sum, and a part panned hard is in one only.
    # Channel by channel: NumPy's reduction along a short last axis is many times slower.
    channels = list(samples.T)
    loudest = channels[int(np.argmax([float(channel @ channel) for channel in channels]))]
    summed = 0.5 * loudest
    for channel in channels:
        summed = summed + channel
    return np.asarray(summed, dtype=np.float32)


def _in_piece(signal: Signal, sample_rate: int) -> tuple[Times, Times]:
    novelty, hop = _complex_domain(signal, sample_rate)
    peaks = _peaks(novelty)
    if not len(peaks):
        return np.empty(0), np.empty(0)
    times_s, clear = _crossings(signal, peaks * hop, sample_rate)
    return times_s[clear], novelty[peaks[clear]]


def _complex_domain(signal: Signal, sample_rate: int) -> tuple[Times, int]:
    """Return (novelty of each hop, frames per hop); hop n is centred at frame n × hop."""
    from scipy import fft

    size = 2 * int(np.ceil(_WINDOW_S * sample_rate / 2))
    hop = max(1, round(_HOP_S * sample_rate))
    padded = np.pad(signal, (size // 2, size))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop][: len(signal) // hop]
    novelty = np.zeros(len(frames))
    window = np.hanning(size).astype(np.float32)
    for start in range(2, len(frames), _AT_ONCE):
        spectrum = fft.rfft(frames[start - 2 : start + _AT_ONCE] * window, axis=1, overwrite_x=True)
        size_of = np.abs(spectrum)
        # The prediction: the last value, turned by the last phase advance, without computing any angle.
        predicted = spectrum[1:-1] * np.conj(spectrum[:-2])
        predicted *= spectrum[1:-1]
        predicted /= np.maximum(size_of[1:-1] * size_of[:-2], _TINY)
        away = np.abs(np.subtract(spectrum[2:], predicted, out=predicted))
        away[size_of[2:] < size_of[1:-1]] = 0.0
        novelty[start : start + len(away)] = away.sum(axis=1)
    return novelty, hop


def _peaks(novelty: Times) -> NDArray[np.intp]:
    from scipy.ndimage import maximum_filter1d, uniform_filter1d

    if not novelty.size or novelty.max() <= 0.0:
        return np.empty(0, np.intp)
    highest = maximum_filter1d(novelty, _PEAK_HOPS, mode="constant")
    mean = uniform_filter1d(novelty, 2 * _MEAN_HOPS + 1, mode="constant")
    floor = 0.1 * _OVER_LOUDEST * np.quantile(novelty, 0.99)
    found: NDArray[np.intp] = np.flatnonzero((novelty >= highest) & (novelty > _OVER_MEAN * mean + floor))
    return found


def _crossings(signal: Signal, centres: NDArray[np.intp], sample_rate: int) -> tuple[Times, NDArray[np.bool_]]:
    """Return (time in seconds, whether it is clear) of the onset near each of the frames `centres`.

    A level crosses a threshold late, never early, and the wave of a low tone takes milliseconds to rise: the earliest
    of the clear crossings is the most accurate.
    """
    from scipy.signal import butter, sosfilt

    times, clearness = [], []
    for low_hz in (0.0, *_ABOVE_HZ):
        part = signal
        if low_hz:
            sos = butter(2, min(low_hz, 0.3 * sample_rate), "highpass", fs=sample_rate, output="sos")
            part = np.asarray(sosfilt(sos, signal), dtype=np.float32)
        time_s, clear = _climb(part, centres, sample_rate)
        times.append(np.where(clear > _CLEAR, time_s, np.inf))
        clearness.append(clear)
    return np.min(times, axis=0), np.max(clearness, axis=0) > _CLEAR


def _climb(signal: Signal, centres: NDArray[np.intp], sample_rate: int) -> tuple[Times, Times]:
    """Return (time of the level's rise, ratio of the peak to the level before) near each of the frames `centres`."""
    width = max(1, round(_BIN_S * sample_rate))
    count = len(signal) // width
    level = np.abs(signal[: count * width]).reshape(count, width).max(axis=1)
    before, guard, after = (round(s * sample_rate / width) for s in (_BEFORE_S, _GUARD_S, _AFTER_S))
    offsets = np.arange(-before - guard, after)
    window = level[np.clip(centres[:, None] // width + offsets, 0, count - 1)]
    background = window[:, :before].max(axis=1)
    rising = window[:, before:]
    peak = rising.max(axis=1)
    threshold = np.maximum(_CLIMB * peak, _OVER_BACKGROUND * background)
    at = np.argmax(rising >= threshold[:, None], axis=1)
    sharp = np.argmax(rising >= 0.5 * peak[:, None], axis=1) - at <= _SHARP_S / _BIN_S
    # The exact sample within the half millisecond in which the level crosses the threshold.
    first = (np.clip(centres // width - guard + at, 0, count - 1)) * width
    inside = np.abs(signal[first[:, None] + np.arange(width)]) >= threshold[:, None]
    times_s = (first + np.argmax(inside, axis=1)) / sample_rate
    return times_s, np.where(sharp, peak / np.maximum(background, 1e-9), 0.0)
