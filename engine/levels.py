"""Levels of audio: sample peak, decibels, and the difference between a mix and the sum of its stems.

All functions are pure and thread-safe. Audio is float32 or float64 [shape=(frames, channels)], full scale ±1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from engine.loudness import Samples

SILENCE_DB = -144.0
"""The lowest level that is reported: the smallest step of 24 bits. Silence has it too, so that levels are finite."""


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
