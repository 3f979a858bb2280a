"""Audio sources that are read a few seconds at a time: from memory or from files of any length."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np
import soundfile

from engine.errors import InvalidValue

if TYPE_CHECKING:
    from engine.contract import Audio


class ArraySource:
    """Audio in memory, float32 [shape=(frames, channels)]."""

    def __init__(self, audio: Audio) -> None:
        self.audio = audio
        self.frames, self.channels = audio.shape

    def read(self, start: int, stop: int) -> Audio:
        """Return frames `start` to `stop`; a view where nothing has to be padded."""
        inside = self.audio[max(0, start) : max(0, stop)]
        return padded(inside, start, stop)


def unreadable(path: Path) -> InvalidValue:
    """Return the error on a file that is no audio; the audio library does not tell that one may not be read."""
    try:
        with path.open("rb"):
            return InvalidValue("audio file", str(path), "a sound file like WAV, FLAC, AIFF, Ogg or MP3")
    except OSError as error:
        return InvalidValue("audio file", str(path), f"one that can be read ({error.strerror or error})")


class FileSource:
    """One or several audio files of one sample rate side by side, to be used as a context manager.

    Shorter files are padded with silence. Samples that are no numbers (NaN, ±∞) are read as silence.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        """Open `paths`.

        Raises
        ------
        InvalidValue
            If one cannot be read, or the sample rates differ.
        """
        self._files: list[soundfile.SoundFile] = []
        # The warp prefetches in a thread: a file must not be closed while it is read.
        self._lock = Lock()
        for path in paths:
            try:
                self._files.append(soundfile.SoundFile(path))
            except (soundfile.LibsndfileError, OSError) as error:
                self.close()
                raise unreadable(path) from error
        rates = {file.samplerate for file in self._files}
        if len(rates) != 1:
            self.close()
            raise InvalidValue("audio files", f"rates of {sorted(rates)} Hz", "of one sample rate")
        self.sample_rate = int(rates.pop())
        self.frames = max(int(file.frames) for file in self._files)
        self.channel_counts = [int(file.channels) for file in self._files]
        self.channels = sum(self.channel_counts)

    def read(self, start: int, stop: int) -> Audio:
        """Return frames `start` to `stop`, shorter files padded with silence."""
        with self._lock:
            return np.concatenate([self._read_one(file, start, stop) for file in self._files], axis=1)

    def _read_one(self, file: soundfile.SoundFile, start: int, stop: int) -> Audio:
        first, last = (min(max(0, frame), file.frames) for frame in (start, stop))
        file.seek(first)
        inside: Audio = file.read(last - first, dtype="float32", always_2d=True)
        clean, _count = without_broken_samples(inside)
        return padded(clean, start, stop)

    def close(self) -> None:
        """Close all files."""
        with self._lock:
            for file in self._files:
                file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def padded(inside: Audio, start: int, stop: int) -> Audio:
    """Return frames `start` to `stop`: `inside` from frame max(0, start) on, and silence around it."""
    if len(inside) == stop - start:
        return inside
    before = min(max(0, -start), stop - start)
    result = np.zeros((stop - start, inside.shape[1]), np.float32)
    result[before : before + len(inside)] = inside
    return result


def without_broken_samples(audio: Audio) -> tuple[Audio, int]:
    """Return `audio` with silence in place of NaN and ±∞, and the number of such samples."""
    # One sum finds them all: a sum that contains NaN or ∞ is never finite.
    with np.errstate(invalid="ignore"):  # +∞ and −∞ in one block
        total = audio.sum(dtype=np.float64)
    if np.isfinite(total):
        return audio, 0
    finite = np.isfinite(audio)
    return np.where(finite, audio, np.float32(0.0)), int(audio.size - np.count_nonzero(finite))
