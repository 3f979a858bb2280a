"""Measures for the tests of the mix, written out from their definitions and independent of the program's own."""

from collections.abc import Mapping

import numpy as np
from scipy.signal import lfilter, resample_poly

RATE = 48_000


def mix_of(stems: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the sum of the stems in double precision."""
    return np.sum([stem.astype(np.float64) for stem in stems.values()], axis=0)


def lufs(audio: np.ndarray, rate: int = RATE) -> float:
    """Return the integrated loudness as the text of ITU-R BS.1770-4 reads; −inf for silence.

    The standard has coefficients for 48 kHz alone: for other rates its poles and zeros are moved so that they stand
    for the same analogue filter.
    """
    block, step = round(0.4 * rate), round(0.1 * rate)
    assert len(audio) >= block
    shelf = ([1.53512485958697, -2.69169618940638, 1.19839281085285], [1.0, -1.69065929318241, 0.73248077421585])
    high_pass = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])
    weighted = lfilter(*_moved(*high_pass, rate, -1.0), lfilter(*_moved(*shelf, rate, 1.0), audio, axis=0), axis=0)
    starts = range(0, len(weighted) - block + 1, step)
    powers = np.array([np.square(weighted[start : start + block]).mean(axis=0).sum() for start in starts])
    levels = -0.691 + 10 * np.log10(powers + 1e-30)
    above = powers[levels > -70]
    if not above.size:
        return float("-inf")
    relative = -0.691 + 10 * np.log10(above.mean()) - 10
    return float(-0.691 + 10 * np.log10(powers[(levels > -70) & (levels > relative)].mean()))


def _moved(over: list[float], under: list[float], rate: int, kept_at: float) -> tuple[np.ndarray, np.ndarray]:
    """Return a filter for 48 kHz as one for `rate`; its gain stays at z = `kept_at` (1: at 0 Hz, −1: at the top)."""
    moved = []
    for part in (over, under):
        roots = np.roots(part)
        analogue = 2 * RATE * (roots - 1) / (roots + 1)
        shifted = np.poly((2 * rate + analogue) / (2 * rate - analogue)).real
        moved.append(shifted * np.polyval(part, kept_at) / np.polyval(shifted, kept_at))
    return moved[0], moved[1]


def true_peak_db(audio: np.ndarray) -> float:
    padded = np.pad(audio, ((64, 64), (0, 0)))
    return float(20 * np.log10(np.abs(resample_poly(padded, 8, 1, axis=0)).max()))
