"""Applies a model with a fixed segment length to audio of any length.

Segments overlap by a quarter and are cross-faded with triangular weights, as in Demucs' own `apply_model`, but
without its random shifts, so that the same mix gives the same stems.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.contract import Audio

    Stems = NDArray[np.float32]
    """Float32 [shape=(frames, stems, channels)]."""

OVERLAP = 0.25


def segment_count(frames: int, segment: int) -> int:
    """Return the number of segments of `segment` frames that `overlapped` makes of `frames` frames."""
    return -(-frames // _stride(segment))


def overlapped(
    blocks: Iterable[Audio], frames: int, segment: int, apply: Callable[[Audio], Stems]
) -> Iterator[Stems]:
    """Yield the stems that `apply` makes of `blocks`, float32 [shape=(any, channels)], `frames` frames in all.

    `apply` takes exactly `segment` frames and returns as many; silence follows the end. One segment of input and
    output is in memory at a time.
    """
    stride = _stride(segment)
    weight = _triangle(segment)[:, None, None]
    feed = _WindowReader(blocks)
    total: Stems | None = None
    for start in range(0, frames, stride):
        made = apply(feed.window(segment)) * weight
        if total is None:
            total, weights = np.zeros_like(made), np.zeros_like(weight)
        total += made
        weights += weight
        yield (total[:stride] / weights[:stride])[: frames - start]
        feed.drop(stride)
        total, weights = _shifted(total, stride), _shifted(weights, stride)


def _stride(segment: int) -> int:
    return max(1, int((1 - OVERLAP) * segment))


def _triangle(segment: int) -> NDArray[np.float32]:
    half = segment // 2
    rise = np.concatenate([np.arange(1, half + 1), np.arange(segment - half, 0, -1)])
    triangle: NDArray[np.float32] = (rise / rise.max()).astype(np.float32)
    return triangle


def _shifted(sums: Stems, stride: int) -> Stems:
    moved = np.zeros_like(sums)
    moved[: len(sums) - stride] = sums[stride:]
    return moved


class _WindowReader:
    """Reads blocks of any size as windows."""

    def __init__(self, blocks: Iterable[Audio]) -> None:
        self._blocks = iter(blocks)
        self._held = next(self._blocks)

    def window(self, frames: int) -> Audio:
        """Return the next `frames` frames without removing them; silence after the end."""
        parts, length = [self._held], len(self._held)
        while length < frames and (block := next(self._blocks, None)) is not None:
            parts.append(block)
            length += len(block)
        self._held = np.concatenate(parts)
        if length < frames:
            return np.pad(self._held, ((0, frames - length), (0, 0)))
        return self._held[:frames]

    def drop(self, frames: int) -> None:
        """Remove the next `frames` frames."""
        self._held = self._held[frames:]
