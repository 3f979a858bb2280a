"""Writes FLAC and MP3 files with tags; libsndfile encodes both."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import soundfile

from bridge.takes.export.flac_comments import metadata_bytes, with_comments
from bridge.takes.export.id3 import HEADER_BYTES, id3_tag, tag_bytes
from bridge.takes.export.tags import Tags
from engine.errors import InvalidValue

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32] | NDArray[np.int32]

MP3_RATES_HZ = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
_BLOCK_FRAMES = 1 << 16
_HEAD_BYTES = 1 << 20
"""More than all metadata that libsndfile writes before a FLAC file's sound."""


def encode(source: Path, target: Path, tags: Tags | None) -> None:
    """Convert an audio file block by block, by the suffix of `target`: `.flac` or `.mp3`.

    Raises
    ------
    InvalidValue
        If an MP3 cannot have its sample rate.
    OSError, soundfile.LibsndfileError
        If a file cannot be read or written.
    """
    with soundfile.SoundFile(source) as file:
        # Integer samples stay exact; libsndfile would scale them on the way through floats.
        dtype: Literal["int32", "float32"] = "int32" if file.subtype.startswith("PCM") else "float32"
        depth = "16" if file.subtype == "PCM_16" else "24"
        write_tagged(target, _blocks(file, dtype), file.samplerate, file.channels, tags, depth)


def write_tagged(
    target: Path, blocks: Iterable[Samples], sample_rate: int, channels: int, tags: Tags | None, flac_bits: str = "24"
) -> None:
    """Write samples to `target`, by its suffix: `.flac` with `flac_bits`, or `.mp3`; raises `encode`'s errors."""
    is_mp3 = target.suffix == ".mp3"
    if is_mp3 and sample_rate not in MP3_RATES_HZ:
        raise InvalidValue("sample rate of an MP3", sample_rate, "48000 Hz or less; WAV and FLAC can have it")
    kind, subtype = ("MP3", "MPEG_LAYER_III") if is_mp3 else ("FLAC", f"PCM_{flac_bits}")
    with soundfile.SoundFile(target, "w", sample_rate, channels, subtype, format=kind) as out:
        for block in blocks:
            out.write(block)
    if tags is not None:
        _tag(target, tags)


def _blocks(file: soundfile.SoundFile, dtype: Literal["int32", "float32"]) -> Iterator[Samples]:
    while len(block := file.read(_BLOCK_FRAMES, dtype=dtype, always_2d=True)):
        yield block


def _tag(path: Path, tags: Tags) -> None:
    """Replace whatever stands before the sound by metadata with `tags`."""
    with path.open("rb") as file:
        if path.suffix == ".mp3":
            start, head = tag_bytes(file.read(HEADER_BYTES)), id3_tag(tags)
        else:
            begin = file.read(_HEAD_BYTES)
            start = metadata_bytes(begin)
            head = with_comments(begin[:start], tags)
        file.seek(start)
        _write_with_head(path, head, file)


def _write_with_head(path: Path, head: bytes, sound: BinaryIO) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("xb") as out:
            out.write(head)
            shutil.copyfileobj(sound, out)
        sound.close()  # Windows replaces no file that is open
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
