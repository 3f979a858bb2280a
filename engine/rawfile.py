"""A temporary file of raw samples for audio too long for memory: written from start to end, read at random."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from engine.contract import Audio

_BYTES = 4


class RawFile:
    """Float32 samples [shape=(frames, channels)] in a file that is deleted when the context ends."""

    def __init__(self, path: Path, channels: int) -> None:
        """Create the file `path`.

        Raises
        ------
        OSError
            If it exists or cannot be created.
        """
        self.path, self.channels, self.frames = path, channels, 0
        self._file = path.open("x+b")

    def fill(self, blocks: Iterable[Audio], report: Callable[[int], None] = lambda _: None) -> Self:
        """Append `blocks` [shape=(any, channels)]; `report` gets the number of frames written so far."""
        for block in blocks:
            self._file.write(np.ascontiguousarray(block, dtype="<f4").data)
            self.frames += len(block)
            report(self.frames)
        return self

    def read(self, start: int, stop: int) -> Audio:
        """Return frames `start` to `stop`, float32 [shape=(stop − start, channels)]; silence outside the audio."""
        result = np.zeros((stop - start, self.channels), np.float32)
        first, last = (min(max(0, frame), self.frames) for frame in (start, stop))
        if first < last:
            self._file.seek(first * self.channels * _BYTES)
            data = self._file.read((last - first) * self.channels * _BYTES)
            result[first - start : last - start] = np.frombuffer(data, "<f4").reshape(-1, self.channels)
        return result

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)
