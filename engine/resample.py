"""Sample-rate conversion in two ways.

- `resample_blocks`: a stream of blocks, by the warp's own filter. For audio of any length in little memory: files
  that are aligned or separated, and files placed in an Ardour session. Its length is asked for, exact to the frame.
- `resample_whole`: one array in memory, by libsoxr or scipy. For the neural engine, whose music is whole in memory
  and where a steeper filter pays: flat to 20 kHz at 44.1 kHz, with more than 110 dB of rejection.

libsoxr at its best setting converts 240 s of stereo in a quarter of a second. It is under the LGPL, so nothing
depends on it: without the package soxr, scipy's polyphase filter does the same ten times slower.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
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


def resample_blocks(blocks: Iterable[Audio], from_hz: int, to_hz: int, frames: int) -> Iterator[Audio]:
    """Yield `frames` frames at `to_hz` of `blocks`, float32 [shape=(any, channels)] at `from_hz`.

    Frame 0 stays frame 0; where `blocks` ends early, silence follows. The filter is the warp's own (48 zero crossings
    under a Kaiser window, −90 dB beside its passband). With equal rates the samples come out as they went in.
    """
    if from_hz != to_hz:
        from engine.align.warp.pitch import speed_up

        yield from speed_up(blocks, Fraction(from_hz, to_hz), frames)
        return
    for block in blocks:
        if frames <= 0:
            return
        yield block[:frames]
        frames -= len(block)


def resampled_length(frames: int, from_hz: int, to_hz: int) -> int:
    """Return the number of frames at `to_hz` that hold all of `frames` frames at `from_hz`."""
    return -(-frames * to_hz // from_hz)


def resample_whole(audio: Audio, from_hz: int, to_hz: int) -> Audio:
    """Return float32 audio [shape=(frames, channels)] at `to_hz` frames per second, `round(frames * ratio)` long.

    With equal rates it is returned as it is, the same object.
    """
    import numpy as np

    if from_hz == to_hz:
        return audio
    frames = round(audio.shape[0] * to_hz / from_hz)
    if frames == 0:
        return np.zeros((0, audio.shape[1]), np.float32)
    made = _with_soxr(audio, from_hz, to_hz) if find_spec("soxr") else _with_scipy(audio, from_hz, to_hz)
    result = np.zeros((frames, audio.shape[1]), np.float32)
    kept = min(frames, made.shape[0])
    result[:kept] = made[:kept]
    return result


def _with_soxr(audio: Audio, from_hz: int, to_hz: int) -> Audio:
    import soxr

    made: Audio = soxr.resample(audio, from_hz, to_hz, quality="VHQ")
    return made


def _with_scipy(audio: Audio, from_hz: int, to_hz: int) -> Audio:
    from scipy.signal import resample_poly

    divisor = gcd(from_hz, to_hz)
    up, down = to_hz // divisor, from_hz // divisor
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
