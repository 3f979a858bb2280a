"""Audio from one sample rate to another, in blocks, to the exact frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.contract import Audio


def resampled(blocks: Iterable[Audio], from_hz: int, to_hz: int, frames: int) -> Iterator[Audio]:
    """Yield `frames` frames at `to_hz` of `blocks`, float32 [shape=(any, channels)] at `from_hz`.

    Frame 0 stays frame 0; where `blocks` ends early, silence follows. The filter is the warp's own (48 zero crossings
    under a Kaiser window, −90 dB beside its passband). With equal rates the samples come out as they went in.
    """
    if from_hz != to_hz:
        from engine.align.warp.pitch import faster

        yield from faster(blocks, Fraction(from_hz, to_hz), frames)
        return
    for block in blocks:
        if frames <= 0:
            return
        yield block[:frames]
        frames -= len(block)


def resampled_length(frames: int, from_hz: int, to_hz: int) -> int:
    """Return how many frames at `to_hz` hold all of `frames` frames at `from_hz`."""
    return -(-frames * to_hz // from_hz)
