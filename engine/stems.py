"""Stems that lie side by side in one audio source, read block by block or through array-like views."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from engine.contract import Audio, Source

BLOCK_S = 5.0


@dataclass(frozen=True, slots=True)
class StemSource:
    """Stems of equally many channels.

    Attributes:
        names: the stems' names.
        source: their channels side by side, in the order of `names`.
        sample_rate: in frames per second.
    """

    names: tuple[str, ...]
    source: Source
    sample_rate: int

    @property
    def frames(self) -> int:
        """Length in frames."""
        return self.source.frames

    @property
    def channels(self) -> int:
        """Channels of each stem."""
        return self.source.channels // len(self.names)

    def blocks(self, stop: int | None = None) -> Iterator[Audio]:
        """Yield all frames (or those before `stop`) in blocks of 5 s [shape=(frames, stems, channels)]."""
        size, end = max(1, round(BLOCK_S * self.sample_rate)), self.frames if stop is None else stop
        for start in range(0, end, size):
            block = self.source.read(start, min(start + size, end))
            yield block.reshape(len(block), len(self.names), self.channels)

    def views(self) -> dict[str, Audio]:
        """Return an array-like view of each stem; slicing it reads the frames."""
        return {name: cast("Audio", _StemView(self, number)) for number, name in enumerate(self.names)}

    def mix(self) -> Audio:
        """Return the same kind of view of the stems' sum."""
        return cast("Audio", _StemView(self, None))


class _StemView:
    """A view of one stem, or of the sum of all: supports `len` and slices like an array."""

    def __init__(self, stems: StemSource, number: int | None) -> None:
        self._stems, self._number = stems, number

    def __len__(self) -> int:
        return self._stems.frames

    def __getitem__(self, frames: slice) -> Audio:
        start, stop, _ = frames.indices(len(self))
        block = self._stems.source.read(start, max(start, stop))
        stems = block.reshape(len(block), len(self._stems.names), self._stems.channels)
        if self._number is not None:
            return stems[:, self._number]
        return np.asarray(stems.sum(axis=1, dtype=np.float32))
