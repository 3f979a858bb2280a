"""Reads and checks a take on disk without the code under test: RIFF chunks by struct, samples by soundfile."""

from __future__ import annotations

import hashlib
import json
import math
import struct
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import mido
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

MANIFEST_KEYS = {
    *("format", "id", "created", "engine", "model", "params", "tempo", "time_signature", "key", "tempo_map"),
    *("start_beat", "bars", "frames", "sample_rate", "stems", "mix", "alignment", "stem_sum_error_db", "timings"),
}
ALIGNMENT_KEYS = {"method", "tempo_measured", "error_ms_median", "error_ms_p95", "downbeat_offset_ms"}
AUDIO_KEYS = {"file", "peak_db", "lufs", "sha256"}


class Acid(NamedTuple):
    """The acid chunk, as libsndfile's comment above `wav_read_acid_chunk` lays it out."""

    flags: int
    root: int
    unknown: int
    unknown_float: float
    beats: int
    denominator: int
    numerator: int
    tempo: float


def take_at(manifest: Path) -> dict[str, Any]:
    """Return the manifest at `manifest`, with its folder under "folder"."""
    return {**json.loads(manifest.read_text(encoding="utf-8")), "folder": manifest.parent}


def chunks(path: Path) -> dict[bytes, bytes]:
    """Return the chunks of a RIFF file by name, without `data`; check the length in its header."""
    data = path.read_bytes()
    riff, size, wave = struct.unpack_from("<4sI4s", data)
    assert (riff, wave, size) == (b"RIFF", b"WAVE", len(data) - 8)
    found, at = {}, 12
    while at < len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        if name != b"data":
            found[name] = data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    assert at == len(data)
    return found


def acid(path: Path) -> Acid:
    """Return the acid chunk of a WAV."""
    return Acid(*struct.unpack("<IHHfIHHf", chunks(path)[b"acid"]))


def time_reference(path: Path) -> int:
    """Return bext's frames since midnight (EBU Tech 3285: after 256 + 32 + 32 + 10 + 8 bytes)."""
    return int(struct.unpack_from("<Q", chunks(path)[b"bext"], 338)[0])


def samples(path: Path) -> NDArray[np.int64]:
    """Return a 24-bit file's samples as the integers stored in it."""
    assert soundfile.info(path).subtype == "PCM_24"
    audio, _ = soundfile.read(path, dtype="int32", always_2d=True)
    return audio.astype(np.int64) >> 8


def sum_error_db(take: dict[str, Any]) -> float:
    """Return the peak of the files' stems minus their mix, in dBFS."""
    total = sum(samples(take["folder"] / stem["file"]) for stem in take["stems"])
    peak = int(np.abs(total - samples(take["folder"] / take["mix"]["file"])).max())
    return 20 * math.log10(peak / 2**23) if peak else -math.inf


def check_complete(take: dict[str, Any]) -> None:
    """Check the requirements of every take: fields, files, digests, lengths, stems that sum to the mix, sound."""
    folder = take["folder"]
    assert set(take) >= MANIFEST_KEYS
    assert take["format"] == 1
    assert set(take["alignment"]) >= ALIGNMENT_KEYS
    assert isinstance(take["params"]["seed"], int)
    named = {"manifest.json"}
    for entry in (*take["stems"], take["mix"]):
        assert set(entry) >= AUDIO_KEYS
        path = folder / entry["file"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]
        info = soundfile.info(path)
        assert (info.frames, info.samplerate, info.channels) == (take["frames"], take["sample_rate"], 2)
        named |= {entry["file"], entry.get("midi")} - {None}
        if "midi" in entry:
            assert any(message.type == "note_on" for message in mido.MidiFile(folder / entry["midi"]))
    played = [stem["name"] for stem in take["stems"] if "midi" in stem]
    if played:
        named.add(take["song"]["file"])
        song = mido.MidiFile(folder / take["song"]["file"], charset="utf-8")
        assert [track.name for track in song.tracks] == [take["title"], *played]
        assert song.length == pytest.approx(take["frames"] / take["sample_rate"], abs=1e-3)
    assert {path.name for path in folder.iterdir()} == named
    assert sum_error_db(take) <= -110.0
    assert take["stem_sum_error_db"] <= -110.0
    for stem in take["stems"]:
        assert {"name", "color"} <= set(stem)
    assert np.abs(samples(folder / take["mix"]["file"])).max() > 2**23 / 100


def takes_in(project: Path) -> list[Path]:
    """Return the project's take folders; check that each is complete and that there are no other files."""
    if not (project / "StemBridge").exists():
        assert list(project.iterdir()) == []
        return []
    assert [path.name for path in project.iterdir()] == ["StemBridge"]
    folders = sorted((project / "StemBridge").iterdir())
    for folder in folders:
        check_complete(take_at(folder / "manifest.json"))
    return folders


def frames_of(beats: Fraction | int, bpm: str, sample_rate: int = 48_000) -> int:
    """Return the exact number of frames of `beats` quarter notes; `bpm` is the decimal as a user types it."""
    return round(Fraction(beats) * 60 / Fraction(bpm) * sample_rate)
