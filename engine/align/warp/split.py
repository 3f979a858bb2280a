"""Splits audio into two bands that add up to it exactly: the lows at a fraction of the sample rate, and the rest.

The lows need long windows to resolve close notes, which are cheap at a low rate. The highs are the audio minus the
lows as they will be interpolated later, so the sum is exact whatever the filters do.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import scipy.fft
from scipy.signal import firwin

if TYPE_CHECKING:
    from engine.contract import Audio, Source

SPLIT_HZ = 300.0
_WIDTH_HZ = 80.0  # width of the transition band around the split
_LOW_RATE_HZ = 3000.0
_CHUNK_S = 4.0
_KEPT_CHUNKS = 4
_ROWS = 1024  # rows per matrix product: more would start threads that cost more than they save
REACH = 5  # low-rate frames on either side of a full-rate frame that it is interpolated from


def decimation(sample_rate: int) -> int:
    """Return the factor by which the lows' rate is lower; that rate is about 3 kHz."""
    return max(1, int(sample_rate / _LOW_RATE_HZ))


class BandSplit:
    """Reads a source as lows and highs, a few seconds at a time; the last few chunks are cached."""

    def __init__(self, source: Source, sample_rate: int) -> None:
        self.factor = decimation(sample_rate)
        self._source = source
        self._sample_rate = sample_rate
        self._chunk = round(_CHUNK_S * sample_rate / self.factor) * self.factor
        self._interpolator = interpolator(self.factor)
        self._lock = Lock()
        self._chunks: OrderedDict[int, tuple[Audio, Audio]] = OrderedDict()

    def lows(self, start: int, stop: int) -> Audio:
        """Return the lows' frames `start` to `stop` at the low rate [shape=(channels, stop − start)]."""
        return self._read(0, start, stop, self._chunk // self.factor)

    def highs(self, start: int, stop: int) -> Audio:
        """Return the highs' frames `start` to `stop` [shape=(channels, stop − start)]."""
        return self._read(1, start, stop, self._chunk)

    def _read(self, band: int, start: int, stop: int, size: int) -> Audio:
        parts = []
        for number in range(start // size, (stop - 1) // size + 1):
            low, high = (edge - number * size for edge in (start, stop))
            parts.append(self._get(number)[band][:, max(0, low) : min(size, high)])
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def _get(self, number: int) -> tuple[Audio, Audio]:
        # Each band is read by a thread of its own.
        with self._lock:
            if number not in self._chunks:
                self._chunks[number] = self._make(number)
                while len(self._chunks) > _KEPT_CHUNKS:
                    self._chunks.popitem(last=False)
            self._chunks.move_to_end(number)
            return self._chunks[number]

    def _make(self, number: int) -> tuple[Audio, Audio]:
        factor = self.factor
        start, stop = number * self._chunk, (number + 1) * self._chunk
        margin = 2 * REACH + round(0.05 * self._sample_rate / factor)
        size = scipy.fft.next_fast_len((stop - start) // factor + 2 * margin, real=True)
        first = start - margin * factor
        audio = np.ascontiguousarray(self._source.read(first, first + size * factor).T)
        lows = self._lows(audio, size)[:, margin - REACH : margin + self._chunk // factor + REACH]
        highs = audio[:, margin * factor :][:, : self._chunk] - upsampled(lows, self._interpolator)
        return lows[:, REACH:-REACH], highs

    def _lows(self, audio: Audio, size: int) -> Audio:
        """Filter and decimate in one step: the low bins of one long spectrum, transformed back at the low rate."""
        spectrum = scipy.fft.rfft(audio, axis=1)
        hz = np.arange(size // 2 + 1) * (self._sample_rate / audio.shape[1])
        # A raised cosine in frequency rings for about 1 / width in time, which the margins cover.
        fall = np.clip((hz - SPLIT_HZ + _WIDTH_HZ / 2) / _WIDTH_HZ, 0.0, 1.0)
        gain = (0.5 + 0.5 * np.cos(np.pi * fall)).astype(np.float32) / np.float32(self.factor)
        lows: Audio = scipy.fft.irfft(spectrum[:, : size // 2 + 1] * gain, size, axis=1)
        return lows


def interpolator(factor: int) -> Audio:
    """Return the interpolation filter [shape=(2·REACH + 1, factor)], with a column for each full-rate phase.

    It is flat over the lows, and −90 dB from their first image on.
    """
    taps = np.zeros((2 * REACH + 1) * factor, np.float32)
    window = firwin(2 * REACH * factor + 1, 1.0 / factor, window=("kaiser", 9.0)) if factor > 1 else _single()
    taps[: len(window)] = window * factor
    return np.ascontiguousarray(taps.reshape(2 * REACH + 1, factor)[::-1])


def _single() -> Audio:
    """Return the filter for factor 1, which interpolates nothing: one tap in the middle."""
    taps: Audio = np.eye(2 * REACH + 1, dtype=np.float32)[REACH]
    return taps


def upsampled(lows: Audio, taps: Audio) -> Audio:
    """Return `lows` [shape=(channels, n + 2·REACH)] at the full rate, without the `REACH` at both ends."""
    count = lows.shape[1] - 2 * REACH
    around = np.lib.stride_tricks.sliding_window_view(lows, 2 * REACH + 1, axis=1)
    full = np.empty((len(lows), count, taps.shape[1]), np.float32)
    for start in range(0, count, _ROWS):
        # A copy in one piece is what makes this a fast matrix product.
        part = np.ascontiguousarray(around[:, start : start + _ROWS])
        np.matmul(part, taps, out=full[:, start : start + _ROWS])
    return full.reshape(len(lows), -1)
