"""Integrated loudness in LUFS by ITU-R BS.1770-4: the K-weighting filter, the gate, and a meter for whole files.

This is the only loudness meter in the program: manifests get their `lufs` from `LoudnessMeter`, and the sketch
engine's mixer (`engine.sketch.mix.loudness`) weighs its stems with the same filter and the same gate.

Audio is float32 or float64 [shape=(frames, channels)], full scale ±1. All channels count alike, which is right for
mono and stereo; surround weights are not applied.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

BLOCK_S = 0.4
"""Length of a gating block."""
STEP_SHARE = 0.25
"""Distance of the beginnings of two gating blocks, as a share of a block: they overlap by 75 %."""
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
_OFFSET_DB = -0.691
"""Makes up for the filter's gain at 997 Hz: a sine of that frequency at 0 dBFS on one channel reads −3.01 LUFS."""
_STEP_S = BLOCK_S * STEP_SHARE
_STEPS_PER_BLOCK = 4

Samples = NDArray[np.floating[Any]]
Powers = NDArray[np.float64]
"""Mean squares of K-weighted audio, summed over the channels."""


def k_weighting(rate: int) -> NDArray[np.float64]:
    """Return the K-weighting filter for `rate` as second-order sections [shape=(2, 6)].

    A high shelf of +4 dB for the head, then a high pass at 38 Hz. The standard has a table of coefficients for
    48 kHz; these come from the analogue filters behind it by the bilinear transform, and at 48 kHz they are the
    table's to the last digit it prints.
    """
    shelf = _high_shelf(rate, 1681.974450955533, 0.7071752369554196, 1.584864701130855, 1.258720930232562)
    pass_turn = np.tan(np.pi * 38.13547087602444 / rate)
    q = 0.5003270373238773
    norm = 1.0 + pass_turn / q + pass_turn**2
    high_pass = [1.0, -2.0, 1.0, 1.0, 2.0 * (pass_turn**2 - 1.0) / norm, (1.0 - pass_turn / q + pass_turn**2) / norm]
    return np.array([shelf, high_pass], np.float64)


def loudness_of(power: float) -> float:
    """Return the loudness in LUFS of a mean K-weighted square `power`, above 0."""
    return _OFFSET_DB + 10.0 * float(np.log10(power))


def power_of(loudness_lufs: float) -> float:
    """Return the mean K-weighted square that is as loud as `loudness_lufs`."""
    return float(10.0 ** ((loudness_lufs - _OFFSET_DB) / 10.0))


def gated_power(blocks: Powers) -> float | None:
    """Return the mean of the gating blocks that pass both gates; None if all are below the absolute one.

    The absolute gate lies at −70 LUFS, the relative one 10 LU below the mean of what passes the absolute gate.
    """
    loud = blocks[blocks > power_of(ABSOLUTE_GATE_LUFS)]
    if not loud.size:
        return None
    return float(loud[loud > 10.0 ** (RELATIVE_GATE_LU / 10.0) * loud.mean()].mean())


def lufs(audio: Samples, rate: int) -> float | None:
    """Return the integrated loudness in LUFS; None for silence (all below −70 LUFS) and for less than 0.4 s."""
    meter = LoudnessMeter(rate)
    meter.add(audio)
    return meter.lufs()


class LoudnessMeter:
    """Measures the integrated loudness of audio that comes in blocks of any length."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._sections = k_weighting(rate)
        self._filter_state: NDArray[np.float64] | None = None
        self._pending = np.empty((0, 0))
        """K-weighted squares [shape=(channels, frames)] of the step that is not complete yet."""
        self._pending_at, self._steps_done = 0, 0
        self._step_sums: list[Powers] = []

    def add(self, block: Samples) -> None:
        """Take the next frames [shape=(any, channels)]; float32 or float64."""
        if not len(block):
            return
        if self._filter_state is None:
            self._filter_state = np.zeros((len(self._sections), block.shape[1], 2))
            self._pending = np.empty((block.shape[1], 0))
        weighted, self._filter_state = sosfilt(
            self._sections, np.asarray(block.T, np.float64, order="C"), axis=1, zi=self._filter_state
        )
        np.square(weighted, out=weighted)
        held = np.concatenate([self._pending, weighted], axis=1) if self._pending.size else weighted
        done = int((self._pending_at + held.shape[1]) / (_STEP_S * self._rate) + 1e-9)
        # Steps of 0.1 s, each beginning at the frame nearest below its own time, whatever the rate.
        edges = (np.arange(self._steps_done, done + 1) * (_STEP_S * self._rate) + 1e-6).astype(np.intp)
        edges -= self._pending_at
        if done > self._steps_done:
            self._step_sums.append(np.add.reduceat(held[:, : edges[-1]], edges[:-1], axis=1).sum(axis=0))
        self._pending, self._steps_done = held[:, edges[-1] :], done
        self._pending_at += int(edges[-1])

    def lufs(self) -> float | None:
        """Return the integrated loudness of all blocks in LUFS; None for silence and for less than 0.4 s."""
        sums = np.concatenate([*self._step_sums, np.empty(0)])
        if len(sums) < _STEPS_PER_BLOCK:
            return None
        blocks = np.convolve(sums, np.ones(_STEPS_PER_BLOCK), mode="valid") / (BLOCK_S * self._rate)
        power = gated_power(blocks)
        return None if power is None else loudness_of(power)


def _high_shelf(rate: int, hz: float, q: float, high: float, middle: float) -> list[float]:
    """Return the section of a high shelf whose gain is 1 far below `hz`, `middle` at it and `high` far above."""
    turn = np.tan(np.pi * min(hz, 0.49 * rate) / rate)
    norm = 1.0 + turn / q + turn**2
    above = [high + middle * turn / q + turn**2, 2.0 * (turn**2 - high), high - middle * turn / q + turn**2]
    below = [norm, 2.0 * (turn**2 - 1.0), 1.0 - turn / q + turn**2]
    return [float(value / norm) for value in (*above, *below)]
