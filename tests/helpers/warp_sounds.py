"""Generated signals for tests of the warp: clicks, a sine and noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]
RATE = 24_000


def clicks(times_s: NDArray[np.float64], length_s: float, rate: int = RATE) -> Audio:
    """Short noise bursts, the same in both channels."""
    audio = np.zeros((round(length_s * rate), 2), np.float32)
    burst = np.random.default_rng(0).standard_normal(rate // 25) * np.exp(-np.arange(rate // 25) / (rate / 200))
    for time_s in times_s:
        start = round(time_s * rate)
        part = audio[start : start + len(burst)]
        part += 0.3 * burst[: len(part), None].astype(np.float32)
    return audio


def sine(hz: float, length_s: float, rate: int = RATE) -> Audio:
    wave = 0.2 * np.sin(2 * np.pi * hz * np.arange(round(length_s * rate)) / rate)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def noise(length_s: float, channels: int = 2, rate: int = RATE) -> Audio:
    rng = np.random.default_rng(3)
    return (0.1 * rng.standard_normal((round(length_s * rate), channels))).astype(np.float32)
