"""The second step of a pitch shift: audio that was stretched by a ratio is played faster by it, in blocks.

`engine.resample.resample_blocks` uses the same filter for changes of the sample rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import firwin, upfirdn

from engine.errors import InvalidValue

if TYPE_CHECKING:
    from engine.contract import Audio

MAX_SEMITONES = 12.0
_MAX_DENOMINATOR = 256  # keeps the filter short; the pitch is then off by at most 3 cents, at whole semitones by 1.5
_ZERO_CROSSINGS = 24


def pitch_ratio(semitones: float) -> Fraction:
    """Return the frequency ratio of `semitones`, as a fraction small enough to resample by exactly.

    Raises
    ------
    InvalidValue
        If it is not a number from −12 to 12.
    """
    if not -MAX_SEMITONES <= semitones <= MAX_SEMITONES:
        raise InvalidValue("pitch_shift", semitones, "−12–12 semitones")
    return Fraction(2.0 ** (semitones / 12.0)).limit_denominator(_MAX_DENOMINATOR)


def speed_up(blocks: Iterable[Audio], ratio: Fraction, frames: int) -> Iterator[Audio]:
    """Yield `frames` frames of `blocks` [shape=(any, channels)] played `ratio` times as fast.

    Where `blocks` end before `ratio · frames` frames, silence follows.
    """
    up, down = ratio.denominator, ratio.numerator
    taps, reach = _filter(up, down)
    stream = iter(blocks)
    held = next(stream)
    # Silence in front, for the filter to reach back into; a multiple of `down` frames keeps the output phase.
    lead = -(-reach // down) * down
    held = np.concatenate([np.zeros((lead, held.shape[1]), np.float32), held])
    done = 0
    for block in stream:
        held = np.concatenate([held, block])
        periods = (len(held) - lead - reach) // down
        if periods > 0:
            yield _resampled(held, taps, up, down, lead, min(periods * up, frames - done))
            done += periods * up
            held = held[periods * down :]
        if done >= frames:
            return
    held = np.concatenate([held, np.zeros((lead + (frames - done) * down // up + down, held.shape[1]), np.float32)])
    yield _resampled(held, taps, up, down, lead, frames - done)


def _resampled(audio: Audio, taps: Audio, up: int, down: int, lead: int, count: int) -> Audio:
    """Return `count` frames, the first one at frame `lead` of `audio`."""
    needed = audio[: lead + count * down // up + lead + 2]
    full: Audio = upfirdn(taps, np.ascontiguousarray(needed.T), up=up, down=down, axis=1)
    first = (lead * up + len(taps) // 2) // down
    return np.ascontiguousarray(full[:, first : first + count].T)


def _filter(up: int, down: int) -> tuple[Audio, int]:
    """Return the low-pass against images and aliases, and its reach in input frames to either side."""
    widest = max(up, down)
    # The centre must fall on a whole output frame: half the length is a multiple of `down`.
    half = -(-_ZERO_CROSSINGS * widest // down) * down
    taps = firwin(2 * half + 1, 1.0 / widest, window=("kaiser", 9.0)) * up
    return taps.astype(np.float32), -(-half // up)
