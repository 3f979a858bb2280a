"""Varispeed: resampling along the map with a windowed sinc. It is sharp and exact, and it changes the pitch."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.align.warpmap import WarpMap
    from engine.contract import Audio, Source

_HALF = 16  # source frames on either side of an output frame that it is interpolated from
_PHASES = 512  # tabulated phases of the filter, interpolated linearly in between
_BLOCK = 32768


def varispeed(source: Source, warp_map: WarpMap, sample_rate: int, frames: int) -> Iterator[Audio]:
    """Yield `frames` frames of `source` along `warp_map` [shape=(any, channels)]."""
    for start in range(0, frames, _BLOCK):
        stop = min(frames, start + _BLOCK)
        positions = warp_map.to_source(np.arange(start, stop) / sample_rate) * sample_rate
        first = int(np.floor(positions[0])) - _HALF
        audio = source.read(first, int(np.floor(positions[-1])) + _HALF + 1)
        yield _interpolated(audio, positions - first)


def _interpolated(audio: Audio, positions: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Audio:
    """Return `audio` at fractional `positions`, each interpolated from the `_HALF` frames on either side."""
    whole = np.floor(positions).astype(np.intp)
    phase = (positions - whole) * _PHASES
    row = phase.astype(np.intp)
    weight = (phase - row).astype(np.float32)
    table, slope = _filters()
    result = np.zeros((len(positions), audio.shape[1]), np.float32)
    for tap in range(2 * _HALF):
        gain = table[tap, row] + weight * slope[tap, row]
        result += audio[whole + (tap - _HALF + 1)] * gain[:, None]
    return result


@lru_cache(maxsize=1)
def _filters() -> tuple[Audio, Audio]:
    """Return the Kaiser-windowed sinc for every phase [shape=(taps, phases)], and the step to the next phase."""
    times = np.arange(1 - _HALF, _HALF + 1)[:, None] - np.arange(_PHASES + 1) / _PHASES
    window = np.i0(9.0 * np.sqrt(np.clip(1.0 - (times / _HALF) ** 2, 0.0, 1.0))) / np.i0(9.0)
    table = (np.sinc(times) * window).astype(np.float32)
    table /= table.sum(axis=0)
    return table[:, :-1], np.diff(table, axis=1)
