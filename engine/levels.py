"""Levels of audio: sample peak, loudness, and how far stems are from their mix. All thread-safe, nothing is kept.

Audio is float32 or float64 [shape=(frames, channels)], full scale ±1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyloudnorm import IIRfilter
from scipy.signal import sosfilt

SILENCE_DB = -144.0
"""The lowest level that is reported: the smallest step of 24 bits. Silence has it too, so that levels are finite."""

BLOCK_S = 0.4
_STEP_S = 0.1
_STEPS_PER_BLOCK = 4
_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0

Samples = NDArray[np.floating[Any]]


def peak(audio: Samples) -> float:
    """Return the largest absolute sample, linear; 0 for no samples, NaN if any sample is NaN."""
    if audio.size == 0:
        return 0.0
    return float(max(audio.max(), -audio.min()))


def decibels(level: float) -> float:
    """Return a linear `level` in dB, not below `SILENCE_DB`."""
    return max(SILENCE_DB, 20.0 * math.log10(level)) if level > 0.0 else SILENCE_DB


def peak_db(audio: Samples) -> float:
    """Return the sample peak in dBFS; `SILENCE_DB` (−144) for silence and for anything below it."""
    return decibels(peak(audio))


def sum_error_db(stems: Iterable[Samples], mix: Samples) -> float:
    """Return the peak of |sum(stems) − mix| in dBFS, summed in float64; `SILENCE_DB` (−144) if they are equal.

    Without any stem it is the peak of the mix. All arrays have the shape of `mix`.
    """
    rest = np.negative(mix, dtype=np.float64)
    for stem in stems:
        rest += stem
    return peak_db(rest)


def lufs(audio: Samples, sample_rate: int) -> float | None:
    """Return the integrated loudness in LUFS after ITU-R BS.1770-4, all channels weighted 1 (mono, stereo).

    None for silence (nothing above the absolute gate of −70 LUFS) and for less than one gating block (0.4 s).
    The K-weighting filters are pyloudnorm's; blocks and gates are counted here, because pyloudnorm's meter switches
    the process's warning filters while it works, which two threads must not do at once.
    """
    meter = LoudnessMeter(sample_rate)
    meter.add(audio)
    return meter.lufs()


class LoudnessMeter:
    """`lufs` of audio that comes in blocks."""

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._state: NDArray[np.float64] | None = None
        self._weighted = np.empty((0, 0))
        self._at, self._done = 0, 0
        self._steps: list[NDArray[np.float64]] = []

    def add(self, block: Samples) -> None:
        """Take the next frames [shape=(any, channels)]; float32 or float64."""
        sections = _k_weighting(self._rate)
        if self._state is None:
            self._state = np.zeros((len(sections), block.shape[1], 2))
            self._weighted = np.empty((block.shape[1], 0))
        weighted, self._state = sosfilt(sections, np.ascontiguousarray(block.T), axis=1, zi=self._state)
        np.square(weighted, out=weighted)
        held = np.concatenate([self._weighted, weighted], axis=1) if self._weighted.size else weighted
        done = int((self._at + held.shape[1]) / (_STEP_S * self._rate) + 1e-9)
        # Steps of 0.1 s, each beginning at the frame nearest below its own time, whatever the rate.
        edges = (np.arange(self._done, done + 1) * (_STEP_S * self._rate) + 1e-6).astype(np.intp) - self._at
        if done > self._done:
            self._steps.append(np.add.reduceat(held[:, : edges[-1]], edges[:-1], axis=1).sum(axis=0))
        self._weighted, self._at, self._done = held[:, edges[-1] :], self._at + int(edges[-1]), done

    def lufs(self) -> float | None:
        """Return the integrated loudness of all blocks; None for silence and less than 0.4 s."""
        per_step = np.concatenate([*self._steps, np.empty(0)])
        if len(per_step) < _STEPS_PER_BLOCK:
            return None
        per_block = np.convolve(per_step, np.ones(_STEPS_PER_BLOCK), mode="valid") / (BLOCK_S * self._rate)
        gated = per_block[per_block >= _power(_ABSOLUTE_GATE_LUFS)]
        if gated.size == 0:
            return None
        relative = gated.mean() * 10.0 ** (_RELATIVE_GATE_LU / 10.0)
        return _loudness(float(gated[gated > relative].mean()))


@lru_cache(maxsize=8)
def _k_weighting(sample_rate: int) -> NDArray[np.float64]:
    """Second-order sections of the K-weighting: a high shelf of 4 dB, then a high pass at 38 Hz."""
    stages = (
        IIRfilter(4.0, 1 / math.sqrt(2), 1500.0, sample_rate, "high_shelf"),
        IIRfilter(0.0, 0.5, 38.0, sample_rate, "high_pass"),
    )
    return np.array([[*stage.b, *stage.a] for stage in stages], dtype=np.float64)


def _loudness(power: float) -> float:
    return -0.691 + 10.0 * math.log10(power)


def _power(loudness_lufs: float) -> float:
    return float(10.0 ** ((loudness_lufs + 0.691) / 10.0))
