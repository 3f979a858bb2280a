"""A model that hears a few seconds at a time, applied to audio of any length.

Stretches overlap by a quarter and are crossed over in triangles, as Demucs' own `apply_model` does it; without its
random shifts, so that the same mix gives the same stems.
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


def stretches(frames: int, segment: int) -> int:
    """Return into how many stretches of `segment` frames `overlapped` cuts `frames` frames."""
    return -(-frames // _stride(segment))


def overlapped(
    blocks: Iterable[Audio], frames: int, segment: int, apply: Callable[[Audio], Stems]
) -> Iterator[Stems]:
    """Yield what `apply` makes of `blocks`, float32 [shape=(any, channels)], `frames` frames in all.

    `apply` takes exactly `segment` frames and returns as many; silence follows the end. Holds one stretch of each.
    """
    stride = _stride(segment)
    weight = _triangle(segment)[:, None, None]
    feed = _Feed(blocks)
    total: Stems | None = None
    for start in range(0, frames, stride):
        made = apply(feed.window(segment)) * weight
        if total is None:
            total, weights = np.zeros_like(made), np.zeros_like(weight)
        total += made
        weights += weight
        yield (total[:stride] / weights[:stride])[: frames - start]
        feed.drop(stride)
        total, weights = _moved(total, stride), _moved(weights, stride)


def _stride(segment: int) -> int:
    return max(1, int((1 - OVERLAP) * segment))


def _triangle(segment: int) -> NDArray[np.float32]:
    half = segment // 2
    rise = np.concatenate([np.arange(1, half + 1), np.arange(segment - half, 0, -1)])
    triangle: NDArray[np.float32] = (rise / rise.max()).astype(np.float32)
    return triangle


def _moved(sums: Stems, stride: int) -> Stems:
    moved = np.zeros_like(sums)
    moved[: len(sums) - stride] = sums[stride:]
    return moved


class _Feed:
    """Blocks of any size, read as windows."""

    def __init__(self, blocks: Iterable[Audio]) -> None:
        self._blocks = iter(blocks)
        self._held = next(self._blocks)

    def window(self, frames: int) -> Audio:
        """Return the next `frames` frames without taking them away, silence after the end."""
        parts, length = [self._held], len(self._held)
        while length < frames and (block := next(self._blocks, None)) is not None:
            parts.append(block)
            length += len(block)
        self._held = np.concatenate(parts)
        if length < frames:
            return np.pad(self._held, ((0, frames - length), (0, 0)))
        return self._held[:frames]

    def drop(self, frames: int) -> None:
        """Take `frames` frames away."""
        self._held = self._held[frames:]
