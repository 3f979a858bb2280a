"""Warps both bands of a take along one map and adds them up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from engine.align.warp.lock import locked
from engine.align.warp.split import REACH, BandSplit, interpolator, upsampled
from engine.align.warp.vocoder import OVERLAP, BandVocoder

if TYPE_CHECKING:
    from engine.align.warp.attacks import WarpAttacks
    from engine.align.warpmap import WarpMap
    from engine.contract import Audio, Source

HIGH_WINDOW_S = 0.064
LOW_WINDOW_S = 0.17
"""Long enough to resolve low notes: at 0.12 s a low chord keeps 15 dB of purity, at 0.17 s 45 dB (bench_warp)."""

_BLOCK_S = 1.0


def two_bands(source: Source, warp_map: WarpMap, attacks: WarpAttacks, sample_rate: int) -> Iterator[Audio]:
    """Yield `source` along `warp_map` from target frame 0 on, endlessly [shape=(any, channels)]."""
    split = BandSplit(source, sample_rate)
    factor, low_rate = split.factor, sample_rate / split.factor
    # The lows start early: each full-rate frame needs low-rate frames on both sides.
    low_map = locked(warp_map.shifted(REACH / low_rate), attacks.times_s[attacks.in_lows], LOW_WINDOW_S / 2)
    high_map = locked(warp_map, attacks.times_s, HIGH_WINDOW_S / 2)
    lows = _FrameReader(BandVocoder(split.lows, low_rate, low_map, _window(LOW_WINDOW_S, low_rate)).blocks())
    highs = _FrameReader(
        BandVocoder(split.highs, sample_rate, high_map, _window(HIGH_WINDOW_S, sample_rate)).blocks()
    )
    taps = interpolator(factor)
    low_block = max(1, round(_BLOCK_S * low_rate))
    around = lows.take(2 * REACH)
    while True:
        around = np.concatenate([around, lows.take(low_block)], axis=1)
        yield (highs.take(low_block * factor) + upsampled(around, taps)).T
        around = around[:, -2 * REACH :]


def _window(seconds: float, rate: float) -> int:
    """Return a window's length in frames, a multiple of 4 × `OVERLAP` for a fast Fourier transform."""
    return max(1, round(seconds * rate / (4 * OVERLAP))) * 4 * OVERLAP


class _FrameReader:
    """Reads exact numbers of frames from blocks [shape=(channels, any)]."""

    def __init__(self, blocks: Iterator[Audio]) -> None:
        self._blocks = blocks
        self._held: list[Audio] = []

    def take(self, count: int) -> Audio:
        """Return the next `count` frames [shape=(channels, count)]."""
        while sum(block.shape[1] for block in self._held) < count:
            self._held.append(next(self._blocks))
        joined = np.concatenate(self._held, axis=1)
        self._held = [joined[:, count:]]
        return joined[:, :count]
