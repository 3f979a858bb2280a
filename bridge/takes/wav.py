"""Writes WAV files with chunks that DAWs read: `bext` (position), `acid` (tempo, beats, meter, root), `LIST/INFO`.

soundfile (libsndfile) encodes the samples; the RIFF around them is built here, because libsndfile writes no `acid`
and no complete `bext`. All metadata comes before `data`, so that streaming readers have it in time.

Sources: RIFF and `fmt `, `fact`, `LIST/INFO`: Microsoft/IBM, "Multimedia Programming Interface and Data
Specifications 1.0". `bext`: EBU Tech 3285, version 1. `acid` was never published; the layout is the one that
libsndfile reads (`src/wav.c`, comment above `wav_read_acid_chunk`) and Audacity writes (`AcidizerTags`).
"""

from __future__ import annotations

import hashlib
import io
import struct
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

import bridge
from bridge.takes.staging import write_file
from bridge.takes.take import BitDepth
from engine.errors import StemBridgeError
from engine.music import Key, Meter

if TYPE_CHECKING:
    from engine.contract import Audio

ORIGINATOR = "Stem Bridge"
MAX_RIFF_BYTES = 0xFFFF_FFFF
"""Longest file: RIFF stores its length in 32 bits."""

BYTES_PER_SAMPLE: dict[BitDepth, int] = {"16": 2, "24": 3, "float": 4}
_SUBTYPES: dict[BitDepth, str] = {"16": "PCM_16", "24": "PCM_24", "float": "FLOAT"}
_FORMAT_PCM, _FORMAT_FLOAT = 1, 3
_ACID_ONE_SHOT, _ACID_ROOT, _ACID_STRETCH, _ACID_ACIDIZER = 0x01, 0x02, 0x04, 0x10
_ACID_MIDDLE_C = 60
_MAX_COMMENT = 8000


@dataclass(frozen=True, slots=True)
class WavInfo:
    """Metadata of a WAV.

    Attributes:
        title: the stem's name.
        prompt: free text, any characters.
        seed: the seed of the generation.
        take_id: bext's OriginatorReference; its first 32 ASCII characters are written.
        created: date and time, written without conversion.
        time_reference_frames: frames from the project's start to the file's first sample, 0 or more.
        bpm: the tempo, or the mean tempo if it changes; None if unknown, which leaves out the `acid` chunk.
        meter: the time signature.
        beats: the file's length in quarter notes.
        key: None if unknown, and for drums.
        is_loop: True if the tempo is constant, so that a DAW may time-stretch the file.
    """

    title: str
    prompt: str
    seed: int
    take_id: str
    created: datetime
    time_reference_frames: int
    bpm: float | None
    meter: Meter
    beats: Fraction
    key: Key | None
    is_loop: bool


def quantise(audio: Audio, bit_depth: BitDepth, gain: float = 1.0) -> Audio:
    """Return `audio` times `gain`, rounded to the nearest step of `bit_depth` and clipped.

    float32 in and out [shape=(frames, channels)]; float32 holds every 24-bit sample exactly. It is rounded here
    because libsndfile truncates, which adds an offset of half a step to every stem.
    """
    if bit_depth == "float":
        return audio if gain == 1.0 else audio * np.float32(gain)
    steps = np.float32(2 ** (int(bit_depth) - 1))
    scaled = audio * np.float32(gain * steps)
    np.rint(scaled, out=scaled)
    np.clip(scaled, -steps, steps - 1, out=scaled)
    scaled /= steps
    return scaled


def write_wav(
    path: Path, audio: Audio, sample_rate: int, bit_depth: BitDepth, info: WavInfo, *, quantised: bool = False
) -> str:
    """Write float32 `audio` [shape=(frames, channels)] to `path`, under a temporary name first.

    `quantised`: `audio` comes from `quantise` already. Return the file's SHA-256, lower-case hexadecimal.

    Raises
    ------
    StemBridgeError
        If it would not fit into a WAV (4 GiB).
    OSError
        If it cannot be written; no file is left then.
    """
    frames, channels = audio.shape
    check_size(frames, channels, bit_depth)
    head = wav_head(frames, channels, sample_rate, bit_depth, info)
    with encoded(audio if quantised else quantise(audio, bit_depth), bit_depth) as data:
        parts = (head, data, b"\0" * (len(data) % 2))
        digest = hashlib.sha256()
        for part in parts:
            digest.update(part)
        write_file(path, parts)
    return digest.hexdigest()


def encoded(samples: Audio, bit_depth: BitDepth) -> memoryview:
    """Return quantised `samples` [shape=(frames, channels)] as the payload of a WAV's `data` chunk."""
    buffer = io.BytesIO()
    # The sample rate is required, but RAW has no header for it.
    soundfile.write(buffer, samples, 48_000, format="RAW", subtype=_SUBTYPES[bit_depth], endian="LITTLE")
    return buffer.getbuffer()


def check_size(frames: int, channels: int, bit_depth: BitDepth) -> None:
    """Check that audio of this size fits into one WAV.

    Raises
    ------
    StemBridgeError
        If it does not fit.
    """
    # 64 KiB are more than all other chunks together.
    if frames * channels * BYTES_PER_SAMPLE[bit_depth] + 65536 > MAX_RIFF_BYTES:
        raise StemBridgeError(
            f"{frames} frames at bit depth {bit_depth} are more than a WAV can hold (4 GiB): ask for fewer bars."
        )


def wav_head(frames: int, channels: int, sample_rate: int, bit_depth: BitDepth, info: WavInfo) -> bytes:
    """Return all bytes of the file up to its first sample."""
    width = BYTES_PER_SAMPLE[bit_depth]
    is_float = bit_depth == "float"
    tag = _FORMAT_FLOAT if is_float else _FORMAT_PCM
    frame_bytes = width * channels
    fmt = struct.pack("<HHIIHH", tag, channels, sample_rate, sample_rate * frame_bytes, frame_bytes, 8 * width)
    chunks = [_chunk(b"fmt ", fmt + (b"\0\0" if is_float else b""))]
    if is_float:  # required for every format but PCM
        chunks.append(_chunk(b"fact", struct.pack("<I", frames)))
    chunks += [
        _chunk(b"bext", _bext(channels, sample_rate, 8 * width, info)),
        *([] if info.bpm is None else [_chunk(b"acid", _acid(info, info.bpm))]),
        _chunk(b"LIST", b"INFO" + _info_fields(info)),
    ]
    data_bytes = frames * frame_bytes
    body = b"WAVE" + b"".join(chunks) + struct.pack("<4sI", b"data", data_bytes)
    return struct.pack("<4sI", b"RIFF", len(body) + data_bytes + data_bytes % 2) + body


def _chunk(name: bytes, payload: bytes) -> bytes:
    return struct.pack("<4sI", name, len(payload)) + payload + b"\0" * (len(payload) % 2)


def _bext(channels: int, sample_rate: int, bits: int, info: WavInfo) -> bytes:
    """Return a `bext` chunk (EBU Tech 3285 version 1): 602 bytes, then the coding history; ASCII, padded with 0."""
    layout = {1: "mono", 2: "stereo"}.get(channels, "multitrack")
    history = f"A=PCM,F={sample_rate},W={bits},M={layout},T={ORIGINATOR} {bridge.__version__}\r\n"
    low, high = info.time_reference_frames & 0xFFFF_FFFF, info.time_reference_frames >> 32
    return struct.pack(
        "<256s32s32s10s8sIIH64s190s",
        _ascii(f"{info.title}: {info.prompt}"),
        _ascii(ORIGINATOR),
        _ascii(info.take_id),
        f"{info.created.year:04d}-{info.created:%m-%d}".encode("ascii"),
        f"{info.created:%H:%M:%S}".encode("ascii"),
        low,
        high,
        1,
        b"",  # no UMID
        b"",
    ) + _ascii(history)


def _acid(info: WavInfo, bpm: float) -> bytes:
    """Return an `acid` chunk, 24 bytes: flags, root note, 0x8000, 0.0, beats, meter denominator and numerator, tempo.

    Hosts stretch a loop to their tempo by its whole number of beats. If the beats are not whole or the tempo changes,
    that would shift every note, so such a file is a one-shot; its tempo, meter and root can still be read.
    """
    is_loop = info.is_loop and info.beats.denominator == 1
    flags = _ACID_ACIDIZER | (_ACID_STRETCH if is_loop else _ACID_ONE_SHOT)
    root = _ACID_MIDDLE_C
    if info.key is not None:
        flags |= _ACID_ROOT
        root += info.key.pitch_class
    beats = max(1, round(info.beats))
    return struct.pack(
        "<IHHfIHHf", flags, root, 0x8000, 0.0, beats, info.meter.denominator, info.meter.numerator, bpm
    )


def _info_fields(info: WavInfo) -> bytes:
    """Return name, comment (prompt and seed), software and date: UTF-8, NUL-terminated, padded to even lengths."""
    fields = {
        b"INAM": info.title,
        b"ICMT": f"{info.prompt[:_MAX_COMMENT]} (seed {info.seed})",
        b"ISFT": f"{ORIGINATOR} {bridge.__version__}",
        b"ICRD": f"{info.created.year:04d}-{info.created:%m-%d}",
    }
    return b"".join(
        _chunk(name, text.replace("\0", " ").encode("utf-8", "replace") + b"\0") for name, text in fields.items()
    )


def _ascii(text: str) -> bytes:
    return text.replace("\0", " ").encode("ascii", "replace")
