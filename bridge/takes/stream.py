"""Writes stems of any length as WAV files: block by block, measured while they are written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from bridge.takes.take import AudioFile, BitDepth
from bridge.takes.wav import BYTES_PER_SAMPLE, WavInfo, check_size, encoded, quantise, wav_head
from engine.levels import SILENCE_DB, decibels, peak
from engine.loudness import LoudnessMeter

if TYPE_CHECKING:
    from engine.contract import Audio
    from engine.separate.overlap import Stems
    from engine.stems import StemSource

InfoOf = Callable[[str], WavInfo]
ReportFraction = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class WrittenStems:
    """Result of `write_stems`; attributes as in `take.WrittenTake`."""

    stems: tuple[AudioFile, ...]
    mix: AudioFile
    stem_sum_error_db: float
    gain_db: float


def needed_bytes(stems: StemSource, bit_depth: BitDepth) -> int:
    """Return the size of all WAVs on disk, rounded up.

    Raises
    ------
    StemBridgeError
        If one of them would be larger than a WAV can be.
    """
    check_size(stems.frames, stems.channels, bit_depth)
    files = len(stems.names) + 1
    return files * (stems.frames * stems.channels * BYTES_PER_SAMPLE[bit_depth] + 10_000)


def write_stems(
    stems: StemSource,
    folder: Path,
    files: Sequence[str],
    bit_depth: BitDepth,
    info_of: InfoOf,
    report: ReportFraction,
    *,
    rest: str = "",
) -> WrittenStems:
    """Write every stem and their sum into the existing `folder`, as `files`, the sum last.

    If an integer format would clip, all of them are turned down together. The rounding error of the other stems is
    added to the stem `rest`, so that the files sum to the mix.

    Raises
    ------
    OSError
        If a file cannot be written.
    Exception
        Any error of `report`, which is called with the fraction done, 0–1.
    """
    gain = _gain(stems, bit_depth, lambda done: report(0.3 * done))
    index = stems.names.index(rest) if rest in stems.names else None
    worst = 0.0
    with ExitStack() as stack:
        wavs = [
            stack.enter_context(_WavFile(folder / file, name, stems, bit_depth, info_of(name)))
            for name, file in zip((*stems.names, "mix"), files, strict=True)
        ]
        done = 0
        for block in stems.blocks():
            parts, mix = _delivered(block, bit_depth, gain, index)
            worst = max(worst, peak(np.sum(parts, axis=0, dtype=np.float64) - mix))
            for wav, samples in zip(wavs, [*parts, mix], strict=True):
                wav.write(samples)
            done += len(block)
            report(0.3 + 0.7 * done / stems.frames)
    *written, mix_file = [wav.result() for wav in wavs]
    return WrittenStems(tuple(written), mix_file, round(decibels(worst), 2), _in_db(gain))


def _delivered(block: Stems, bit_depth: BitDepth, gain: float, rest: int | None) -> tuple[list[Audio], Audio]:
    """Return the stems of `block` and their mix, quantised as in the files."""
    mix = quantise(block.sum(axis=1, dtype=np.float32), bit_depth, gain)
    parts = [quantise(np.ascontiguousarray(block[:, number]), bit_depth, gain) for number in range(block.shape[1])]
    if rest is not None and bit_depth != "float":
        others = np.sum(parts[:rest] + parts[rest + 1 :], axis=0, dtype=np.float64)
        parts[rest] = quantise((mix - others).astype(np.float32), bit_depth)
    return parts, mix


def _in_db(gain: float) -> float:
    return 0.0 if gain == 1.0 else round(decibels(gain), 3)


def _gain(stems: StemSource, bit_depth: BitDepth, report: ReportFraction) -> float:
    """Return the factor for all stems and the mix that keeps them within an integer format."""
    if bit_depth == "float":
        return 1.0
    loudest, done = 0.0, 0
    for block in stems.blocks():
        loudest = max(loudest, peak(block), peak(block.sum(axis=1)))
        done += len(block)
        report(done / stems.frames)
    return 1.0 if loudest <= 1.0 else (1.0 - 2.0 ** (1 - int(bit_depth))) / loudest


class _WavFile:
    """A WAV that is written in blocks, with its digest and levels; it needs no temporary name in a staging folder."""

    def __init__(self, path: Path, name: str, stems: StemSource, bit_depth: BitDepth, info: WavInfo) -> None:
        self._path, self._name, self._depth = path, name, bit_depth
        self._head = wav_head(stems.frames, stems.channels, stems.sample_rate, bit_depth, info)
        self._pad = stems.frames * stems.channels * BYTES_PER_SAMPLE[bit_depth] % 2
        self._hash = hashlib.sha256()
        self._peak = 0.0
        self._meter = LoudnessMeter(stems.sample_rate)
        self._file: IO[bytes] | None = None

    def __enter__(self) -> _WavFile:
        self._file = self._path.open("xb")
        self._put(self._head)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._file is not None
        self._put(b"\0" * self._pad)
        self._file.close()

    def write(self, samples: Audio) -> None:
        """Append quantised samples."""
        with encoded(samples, self._depth) as data:
            self._put(data)
        self._peak = max(self._peak, peak(samples))
        self._meter.add(samples)

    def _put(self, data: bytes | memoryview) -> None:
        assert self._file is not None
        self._hash.update(data)
        self._file.write(data)

    def result(self) -> AudioFile:
        """Return digest and levels of the file, once it is closed."""
        loudness = self._meter.lufs()
        return AudioFile(
            name=self._name,
            file=self._path.name,
            midi=None,
            peak_db=round(decibels(self._peak), 2) if self._peak else SILENCE_DB,
            lufs=None if loudness is None else round(loudness, 2),
            sha256=self._hash.hexdigest(),
        )
