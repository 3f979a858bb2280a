"""Loudness by ITU-R BS.1770-4: K-weighted power by hops, and gated blocks over them.

Power is kept by hops of about 1.3 ms, so that the loudness under any slow gain curve follows without filtering again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

from engine.sketch.synth.voice import Sound

Levels = NDArray[np.float64]
"""One value a hop."""

PRIME_S = 0.2
"""So much of a loop's end has to go through the filter before its beginning is weighed as that of a later lap."""
BLOCK_S = 0.4
_STEP_SHARE = 0.25
_OFFSET_DB = -0.691
SILENT_LUFS = -70.0


def hop_frames(rate: int) -> int:
    """Return the length of a hop: 64 frames at 48 kHz."""
    return max(8, round(rate / 750))


def k_weighting(rate: int) -> NDArray[np.float32]:
    """Return the K filter, its analogue prototype made digital, as second-order sections [shape=(2, 6)]."""
    shelf = _section(rate, 1681.974450955533, 0.7071752369554196, 1.584864701130855, 1.258720930232562)
    pass_turn = np.tan(np.pi * 38.13547087602444 / rate)
    q = 0.5003270373238773
    norm = 1.0 + pass_turn / q + pass_turn**2
    high_pass = [1.0, -2.0, 1.0, 1.0, 2.0 * (pass_turn**2 - 1.0) / norm, (1.0 - pass_turn / q + pass_turn**2) / norm]
    return np.array([shelf, high_pass], np.float64).astype(np.float32)


def _section(rate: int, hz: float, q: float, high: float, middle: float) -> list[float]:
    turn = np.tan(np.pi * min(hz, 0.49 * rate) / rate)
    norm = 1.0 + turn / q + turn**2
    above = [high + middle * turn / q + turn**2, 2.0 * (turn**2 - high), high - middle * turn / q + turn**2]
    below = [norm, 2.0 * (turn**2 - 1.0), 1.0 - turn / q + turn**2]
    return [float(value / norm) for value in (*above, *below)]


class Weigher:
    """Collects K-weighted power by hops from chunks of stereo audio that follow one another."""

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
    """Return the sums of `values` [shape=(frames,)] by hops, the last one perhaps shorter."""
    whole = values.size // hop * hop
    sums = values[:whole].reshape(-1, hop).sum(axis=1).astype(np.float64)
    return sums if whole == values.size else np.append(sums, values[whole:].sum(dtype=np.float64))


def integrated(power: Levels, frames: int, rate: int) -> float:
    """Return the gated loudness in LUFS of hop powers that cover `frames`; ungated if shorter than a block."""
    hop = hop_frames(rate)
    edges = np.minimum(np.arange(power.size + 1) * hop, frames)
    running = np.concatenate([[0.0], np.cumsum(power)])
    block = BLOCK_S * rate
    count = round((frames / rate - BLOCK_S) / (BLOCK_S * _STEP_SHARE)) + 1
    if frames < block:
        return _lufs(float(running[-1]) / frames)
    starts = np.arange(count) * (_STEP_SHARE * block)
    mean = (np.interp(starts + block, edges, running) - np.interp(starts, edges, running)) / block
    loud = mean[mean > 10.0 ** ((SILENT_LUFS - _OFFSET_DB) / 10.0)]
    if not loud.size:
        return SILENT_LUFS
    gated = loud[loud > 0.1 * loud.mean()]
    return _lufs(float(gated.mean()))


def _lufs(mean_square: float) -> float:
    return _OFFSET_DB + 10.0 * float(np.log10(max(mean_square, 1e-12)))
