"""Sample-rate conversion, band-limited to the lower rate's hearing range with more than 110 dB of rejection.

libsoxr at its best setting does it where the package soxr is installed (240 s of stereo in a quarter of a second).
It is under the LGPL, so nothing depends on it: without it scipy's polyphase filter does the same ten times slower.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from math import gcd
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.contract import Audio

_REJECTION_DB = 110.0
_PASS_SHARE = 20_000 / 22_050
"""Share of the lower rate's band that passes untouched: 20 kHz at 44.1 kHz."""


def resample(audio: Audio, rate: int, wanted: int) -> Audio:
    """Return float32 audio [shape=(frames, channels)] at `wanted` frames per second, `round(frames * ratio)` long.

    At its own rate it comes back as it is, the same object.
    """
    import numpy as np

    if rate == wanted:
        return audio
    frames = round(audio.shape[0] * wanted / rate)
    if frames == 0:
        return np.zeros((0, audio.shape[1]), np.float32)
    made = _with_soxr(audio, rate, wanted) if find_spec("soxr") else with_scipy(audio, rate, wanted)
    result = np.zeros((frames, audio.shape[1]), np.float32)
    kept = min(frames, made.shape[0])
    result[:kept] = made[:kept]
    return result


def _with_soxr(audio: Audio, rate: int, wanted: int) -> Audio:
    import soxr

    made: Audio = soxr.resample(audio, rate, wanted, quality="VHQ")
    return made


def with_scipy(audio: Audio, rate: int, wanted: int) -> Audio:
    """Return `audio` resampled by scipy alone."""
    from scipy.signal import resample_poly

    divisor = gcd(rate, wanted)
    up, down = wanted // divisor, rate // divisor
    made: Audio = resample_poly(audio, up, down, axis=0, window=_taps(max(up, down)))  # type: ignore[call-overload]
    return made


@cache
def _taps(factor: int) -> NDArray[np.float32]:
    """Return the low-pass of the interpolated signal: Kaiser's design, cut between hearing and the lower Nyquist."""
    import numpy as np
    from scipy.signal import firwin, kaiserord

    width = (1.0 - _PASS_SHARE) / factor
    taps, beta = kaiserord(_REJECTION_DB, width)
    cut = 1.0 / factor - width / 2.0
    return np.asarray(firwin(taps | 1, cut, window=("kaiser", beta)), np.float32)
