"""What the mix's tests measure with, all of other people's making."""

from collections.abc import Mapping

import numpy as np
import pyloudnorm
from scipy.signal import resample_poly

RATE = 48_000


def mix_of(stems: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the sum of the stems in double precision."""
    return np.sum([stem.astype(np.float64) for stem in stems.values()], axis=0)


def lufs(audio: np.ndarray, rate: int = RATE) -> float:
    return float(pyloudnorm.Meter(rate).integrated_loudness(audio))


def true_peak_db(audio: np.ndarray) -> float:
    padded = np.pad(audio, ((64, 64), (0, 0)))
    return float(20 * np.log10(np.abs(resample_poly(padded, 8, 1, axis=0)).max()))
