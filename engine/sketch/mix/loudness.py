"""K-weighted power of a mix by hops of about 1.3 ms, and its gated loudness.

Hops are short enough that the loudness under any slow gain curve follows from them without filtering again. Filter
and gate are those of `engine.loudness`; here they run in float32 on stereo audio.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

from engine import loudness
from engine.loudness import ABSOLUTE_GATE_LUFS, BLOCK_S, STEP_SHARE, gated_power, loudness_of
from engine.sketch.synth.voice import Sound

Levels = NDArray[np.float64]
"""One value a hop."""

PRIME_S = 0.2
"""Length of a loop's end that is filtered first, so that the loop's beginning is weighed as that of a later lap."""
SILENT_LUFS = ABSOLUTE_GATE_LUFS
"""The loudness that silence is given here."""
_LEAST_POWER = 1e-12


def hop_frames(rate: int) -> int:
    """Return the length of a hop: 64 frames at 48 kHz."""
    return max(8, round(rate / 750))


def k_weighting(rate: int) -> NDArray[np.float32]:
    """Return the K-weighting filter in float32 as second-order sections [shape=(2, 6)]."""
    return loudness.k_weighting(rate).astype(np.float32)


class Weigher:
    """Measures the K-weighted power of consecutive chunks of stereo audio, hop by hop."""

    def __init__(self, rate: int) -> None:
        self._sections = k_weighting(rate)
        self._state = np.zeros((2, 2, 2), np.float32)
        self._hop = hop_frames(rate)

    def weighted(self, chunk: Sound) -> Sound:
        """Return `chunk` [shape=(frames, 2)] K-weighted [shape=(2, frames)]."""
        through, self._state = sosfilt(self._sections, chunk.T, axis=1, zi=self._state)
        return np.asarray(through, np.float32)

    def weigh(self, chunk: Sound) -> Levels:
        """Return the summed K-weighted squares of each hop; `chunk` [shape=(frames, 2)] starts on a hop."""
        left, right = self.weighted(chunk)
        return hop_sums(np.square(left) + np.square(right), self._hop)


def hop_sums(values: Sound, hop: int) -> Levels:
    """Return the sums of `values` [shape=(frames,)] by hops, the last one perhaps of fewer frames."""
    whole = values.size // hop * hop
    sums = values[:whole].reshape(-1, hop).sum(axis=1).astype(np.float64)
    return sums if whole == values.size else np.append(sums, values[whole:].sum(dtype=np.float64))


def integrated(power: Levels, frames: int, rate: int) -> float:
    """Return the gated loudness in LUFS of hop powers that cover `frames`; ungated if these are less than 0.4 s."""
    hop = hop_frames(rate)
    edges = np.minimum(np.arange(power.size + 1) * hop, frames)
    running = np.concatenate([[0.0], np.cumsum(power)])
    block = BLOCK_S * rate
    if frames < block:
        return loudness_of(max(float(running[-1]) / frames, _LEAST_POWER))
    count = round((frames / rate - BLOCK_S) / (BLOCK_S * STEP_SHARE)) + 1
    starts = np.arange(count) * (STEP_SHARE * block)
    mean = (np.interp(starts + block, edges, running) - np.interp(starts, edges, running)) / block
    gated = gated_power(mean)
    return SILENT_LUFS if gated is None else loudness_of(gated)
