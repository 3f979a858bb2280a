"""Opens audio files that a user has named, as stems that are read block by block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from engine.align.warp.source import FileSource, padded, without_broken_samples
from engine.errors import InvalidValue, StemBridgeError
from engine.rawfile import RawFile
from engine.resample import resample_blocks, resampled_length
from engine.stems import StemSource

if TYPE_CHECKING:
    from engine.contract import Audio, Source

MAX_FILES = 32
MAX_CHANNELS = 8
MAX_S = 4 * 3600.0
_BLOCK = 1 << 17
_INEXACT = {"OGG", "MPEG"}
"""Formats (Vorbis, MP3) in which libsndfile seeks inexactly: they are decoded from the start into a raw file."""


@contextmanager
def open_stems(paths: Sequence[Path], scratch: Path, sample_rate: int | None = None) -> Iterator[StemSource]:
    """Open the files at `paths` as one stem each, resampled to `sample_rate` (default: their own rate).

    Mono files among stereo ones become stereo, shorter ones are padded with silence, and samples that are NaN or
    infinite become silence. Resampled audio lies in the temporary file `scratch`, and formats that do not seek
    exactly are decoded into a temporary file beside it; both are deleted when the context ends.

    Raises
    ------
    InvalidValue
        If a file cannot be read or is empty, or they differ in rate or channels.
    """
    if not 1 <= len(paths) <= MAX_FILES:
        raise InvalidValue("audio files", len(paths), f"1–{MAX_FILES} at once")
    for path in paths:
        if not path.is_file():
            raise InvalidValue("audio file", str(path), "a file that exists")
    with ExitStack() as stack:
        files = stack.enter_context(FileSource(paths))
        _check(files)
        names = tuple(path.stem or path.name for path in paths)
        source: Source = files
        if {soundfile.info(path).format for path in paths} & _INEXACT:
            raw = stack.enter_context(RawFile(scratch.with_suffix(".decoded"), files.channels))
            source = raw.fill(_decoded(paths, files.frames))
        source = _SameChannels(source, files.channel_counts)
        stems = StemSource(names, source, files.sample_rate)
        if sample_rate is None or sample_rate == files.sample_rate:
            yield stems
            return
        frames = resampled_length(source.frames, files.sample_rate, sample_rate)
        raw = stack.enter_context(RawFile(scratch, source.channels))
        blocks = (block.reshape(len(block), -1) for block in stems.blocks())
        yield StemSource(
            names, raw.fill(resample_blocks(blocks, files.sample_rate, sample_rate, frames)), sample_rate
        )


def length_notices(paths: Sequence[Path]) -> tuple[str, ...]:
    """Return one sentence for the user if the files at `paths` differ in length, else nothing."""
    infos = [soundfile.info(path) for path in paths]
    if len({info.frames for info in infos}) == 1:
        return ()
    lengths_s = [info.frames / info.samplerate for info in infos]
    shortest, longest = (paths[lengths_s.index(pick(lengths_s))].name for pick in (min, max))
    return (
        f"The files are not equally long: “{shortest}” lasts {min(lengths_s):.3f} s, “{longest}” "
        f"{max(lengths_s):.3f} s. The shorter ones end in silence.",
    )


def _check(files: FileSource) -> None:
    if files.frames < 1:
        raise InvalidValue("audio file", "an empty one", "one with a frame or more")
    if files.frames > MAX_S * files.sample_rate:
        hours = files.frames / files.sample_rate / 3600
        raise InvalidValue("audio file", f"{hours:.1f} hours long", f"of at most {MAX_S / 3600:g} hours")
    counts = set(files.channel_counts)
    if max(counts) > MAX_CHANNELS:
        raise InvalidValue("audio file", f"one of {max(counts)} channels", f"of 1–{MAX_CHANNELS} channels")
    if len(counts) > 1 and counts != {1, 2}:
        raise InvalidValue(
            "audio files", f"of {sorted(counts)} channels", "of equally many channels, or mono and stereo"
        )


def _decoded(paths: Sequence[Path], frames: int) -> Iterator[Audio]:
    """Yield the files' channels side by side, read from start to end."""
    with ExitStack() as stack:
        files = [stack.enter_context(soundfile.SoundFile(path)) for path in paths]
        for start in range(0, frames, _BLOCK):
            stop = min(start + _BLOCK, frames)
            try:
                parts = [file.read(stop - start, dtype="float32", always_2d=True) for file in files]
            except soundfile.LibsndfileError as error:
                raise _unreadable(error) from None
            clean = (without_broken_samples(part)[0] for part in parts)
            yield np.concatenate([padded(part, start, stop) for part in clean], axis=1)


def _unreadable(error: Exception) -> StemBridgeError:
    return StemBridgeError(f"An audio file cannot be read to its end: {error}")


class _SameChannels:
    """Files side by side in `source`, all brought to the channel count of the widest one."""

    def __init__(self, source: Source, counts: Sequence[int]) -> None:
        self._source, self._counts, self._each = source, counts, max(counts)
        self.frames, self.channels = source.frames, self._each * len(counts)

    def read(self, start: int, stop: int) -> Audio:
        """Return frames `start` to `stop`; silence outside the audio.

        Raises
        ------
        StemBridgeError
            If a file is damaged.
        """
        try:
            audio = self._source.read(start, stop)
        except (soundfile.LibsndfileError, OSError) as error:
            raise _unreadable(error) from None
        if audio.shape[1] == self.channels:
            return audio
        parts = np.split(audio, np.cumsum(self._counts)[:-1], axis=1)
        return np.concatenate([np.repeat(part, self._each // part.shape[1], axis=1) for part in parts], axis=1)
