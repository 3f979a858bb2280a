"""A drum loop of a decaying tone and noise, with an exact tempo and start."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]


def _hit(hz: float, seconds: float, fall_s: float, rate: int) -> Audio:
    times_s = np.arange(round(seconds * rate)) / rate
    return (np.sin(2 * np.pi * hz * times_s) * np.exp(-times_s / fall_s)).astype(np.float32)


def drums_at(bpm: float, late_s: float, beats: int, rate: int) -> Audio:
    """Return stereo drums from `late_s` on: kicks on one and three, snares on two and four, hats in eighths."""
    rng = np.random.default_rng(3)
    noise = rng.uniform(-1, 1, rate // 5).astype(np.float32)
    kick = _hit(60, 0.3, 0.08, rate)
    kick[:40] += 0.5 * noise[:40]
    snare = 0.6 * noise * np.exp(-np.arange(len(noise)) / (0.05 * rate)).astype(np.float32)
    hat = 0.15 * np.diff(noise[:800], prepend=0).astype(np.float32)
    audio = np.zeros(round((late_s + (beats + 2) * 60 / bpm) * rate), np.float32)
    for eighth in range(2 * beats):
        start = round((late_s + eighth * 30 / bpm) * rate)
        for sound in [hat] + ([] if eighth % 2 else [snare if eighth % 4 else kick]):
            audio[start : start + len(sound)] += 0.6 * sound[: len(audio) - start]
    return np.stack([audio, audio], axis=1)
