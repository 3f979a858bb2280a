import hashlib
import io
import struct
import wave
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import soundfile

import bridge
from bridge.takes.take import BitDepth
from bridge.takes.wav import WavInfo, check_size, quantise, write_wav
from engine.errors import StemBridgeError
from engine.music import Key, Meter

RATE = 48000


def info(**fields: object) -> WavInfo:
    values: dict[str, object] = {
        "title": "bass",
        "prompt": "funk, Ünïcode ♯",
        "seed": 4294967295,
        "take_id": "ab12",
        "created": datetime(2026, 11, 21, 3, 42, 7),
        "time_reference_frames": 2**33 + 5,
        "bpm": 97.6,
        "meter": Meter(7, 8),
        "beats": Fraction(14),
        "key": Key.parse("Em"),
        "is_loop": True,
    }
    return WavInfo(**(values | fields))  # type: ignore[arg-type]


def chunks(data: bytes) -> dict[bytes, bytes]:
    """Every chunk of a RIFF file, checked for sizes and padding on the way."""
    assert data[:4] == b"RIFF"
    assert struct.unpack("<I", data[4:8])[0] == len(data) - 8
    assert data[8:12] == b"WAVE"
    found: dict[bytes, bytes] = {}
    position = 12
    while position < len(data):
        name, size = struct.unpack("<4sI", data[position : position + 8])
        assert name not in found
        assert position % 2 == 0
        found[name] = data[position + 8 : position + 8 + size]
        assert len(found[name]) == size
        position += 8 + size
        if size % 2:
            assert data[position] == 0
            position += 1
    assert position == len(data)
    return found


def info_fields(payload: bytes) -> dict[bytes, bytes]:
    assert payload[:4] == b"INFO"
    return chunks(b"RIFF" + struct.pack("<I", len(payload)) + b"WAVE" + payload[4:])


def noise(frames: int = 999, channels: int = 2) -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (frames, channels)).astype(np.float32)


def written(path: Path, depth: BitDepth = "24", audio: np.ndarray | None = None, **fields: object) -> bytes:
    file = path / f"{depth}.wav"
    write_wav(file, noise() if audio is None else audio, RATE, depth, info(**fields))
    return file.read_bytes()


@pytest.mark.parametrize(("depth", "tag", "bits"), [("16", 1, 16), ("24", 1, 24), ("float", 3, 32)])
def test_fmt_says_what_is_in_data(tmp_path: Path, depth: BitDepth, tag: int, bits: int) -> None:
    found = chunks(written(tmp_path, depth))
    frame_bytes = 2 * bits // 8
    assert struct.unpack("<HHIIHH", found[b"fmt "][:16]) == (tag, 2, RATE, RATE * frame_bytes, frame_bytes, bits)
    assert len(found[b"data"]) == 999 * frame_bytes
    assert (b"fact" in found) == (depth == "float")
    if depth == "float":
        assert found[b"fmt "][16:] == b"\0\0"
        assert struct.unpack("<I", found[b"fact"]) == (999,)


def test_data_comes_last_so_that_streaming_readers_know_the_rest(tmp_path: Path) -> None:
    assert list(chunks(written(tmp_path))) == [b"fmt ", b"bext", b"acid", b"LIST", b"data"]


@pytest.mark.parametrize("depth", get_args(BitDepth))
@pytest.mark.parametrize("frames", [0, 1, 999])
@pytest.mark.parametrize("channels", [1, 2])
def test_soundfile_reads_back_the_exact_samples(tmp_path: Path, depth: BitDepth, frames: int, channels: int) -> None:
    audio = noise(frames, channels)
    data = written(tmp_path, depth, audio)
    chunks(data)  # mono 24-bit of odd length needs a padding byte
    back, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    assert rate == RATE
    np.testing.assert_array_equal(back, quantise(audio, depth))
    if depth != "float":
        assert np.abs(back - audio).max(initial=0.0) <= 1.01 * 2.0 ** -int(depth)


def test_rounding_adds_no_offset() -> None:
    audio = np.random.default_rng(1).uniform(-0.5, 0.5, (200_000, 2)).astype(np.float32)
    assert abs(float((quantise(audio, "16") - audio).mean())) < 0.01 / 32768


def test_full_scale_is_clipped_and_not_wrapped(tmp_path: Path) -> None:
    audio = np.array([[1.0, -1.0], [1.5, -1.5]], np.float32)
    back, _ = soundfile.read(io.BytesIO(written(tmp_path, "16", audio)), dtype="int16")
    assert back.tolist() == [[32767, -32768], [32767, -32768]]


def test_float_keeps_what_is_above_full_scale(tmp_path: Path) -> None:
    audio = np.array([[1.5, -2.0]], np.float32)
    back, _ = soundfile.read(io.BytesIO(written(tmp_path, "float", audio)), dtype="float32")
    assert back.tolist() == [[1.5, -2.0]]


@pytest.mark.parametrize("depth", ["16", "24"])
def test_the_standard_library_reads_pcm(tmp_path: Path, depth: BitDepth) -> None:
    with wave.open(io.BytesIO(written(tmp_path, depth))) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, RATE, 999)
        assert file.getsampwidth() == int(depth) // 8
        assert len(file.readframes(999)) == 999 * 2 * int(depth) // 8


def test_bext_is_laid_out_as_in_ebu_tech_3285_version_1(tmp_path: Path) -> None:
    bext = chunks(written(tmp_path))[b"bext"]
    assert bext[:256] == b"bass: funk, ?n?code ?".ljust(256, b"\0")
    assert bext[256:288] == b"Stem Bridge".ljust(32, b"\0")
    assert bext[288:320] == b"ab12".ljust(32, b"\0")
    assert bext[320:338] == b"2026-11-2103:42:07"
    assert struct.unpack("<Q", bext[338:346]) == (2**33 + 5,)
    assert struct.unpack("<H", bext[346:348]) == (1,)
    assert bext[348:602] == bytes(254)
    assert bext[602:] == b"A=PCM,F=48000,W=24,M=stereo,T=Stem Bridge " + bridge.__version__.encode() + b"\r\n"


def test_a_long_prompt_does_not_run_over_in_bext(tmp_path: Path) -> None:
    bext = chunks(written(tmp_path, prompt="x" * 20_000))[b"bext"]
    assert bext[256:267] == b"Stem Bridge"


def acid(path: Path, **fields: object) -> tuple[object, ...]:
    payload = chunks(written(path, **fields))[b"acid"]
    assert len(payload) == 24
    return struct.unpack("<IHHfIHHf", payload)


def test_acid_carries_tempo_beats_meter_and_root(tmp_path: Path) -> None:
    tempo = struct.unpack("<f", struct.pack("<f", 97.6))[0]
    assert acid(tmp_path) == (0x02 | 0x04 | 0x10, 64, 0x8000, 0.0, 14, 8, 7, tempo)


def test_drums_have_no_root(tmp_path: Path) -> None:
    assert acid(tmp_path, key=None)[:2] == (0x04 | 0x10, 60)


@pytest.mark.parametrize(("beats", "is_loop"), [(Fraction(7, 2), True), (Fraction(16), False)])
def test_what_a_host_would_stretch_wrongly_is_a_one_shot(tmp_path: Path, beats: Fraction, is_loop: bool) -> None:
    flags, _root, _, _, acid_beats, *_ = acid(tmp_path, beats=beats, is_loop=is_loop)
    assert flags == 0x01 | 0x02 | 0x10
    assert acid_beats == round(beats)


def test_libsndfile_reads_the_same_acid_chunk(tmp_path: Path) -> None:
    with soundfile.SoundFile(io.BytesIO(written(tmp_path))) as file:
        log = file.extra_info
    assert "Flags     : 0x0016 (Loop,RootNoteValid,StretchOn,RAMBased,??On)" in log
    assert "Root note : 0x40" in log
    assert "Beats     : 14" in log
    assert "Meter     : 7/8" in log
    assert "Tempo     : 97.59999" in log


def test_info_holds_prompt_and_seed_as_utf_8(tmp_path: Path) -> None:
    fields = info_fields(chunks(written(tmp_path))[b"LIST"])
    assert fields == {
        b"INAM": b"bass\0",
        b"ICMT": "funk, Ünïcode ♯ (seed 4294967295)\0".encode(),
        b"ISFT": b"Stem Bridge " + bridge.__version__.encode() + b"\0",
        b"ICRD": b"2026-11-21\0",
    }


@pytest.mark.parametrize("prompt", ["", "a", "ab", "nul\0inside", "\ud800", "x" * 50_000])
def test_any_prompt_leaves_a_file_that_can_be_read(tmp_path: Path, prompt: str) -> None:
    data = written(tmp_path, prompt=prompt)
    fields = info_fields(chunks(data)[b"LIST"])
    assert fields[b"ICMT"].endswith(b"(seed 4294967295)\0")
    assert fields[b"ICMT"].count(b"\0") == 1
    assert soundfile.info(io.BytesIO(data)).frames == 999


def test_the_returned_sum_is_the_files(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    assert write_wav(file, noise(), RATE, "24", info()) == hashlib.sha256(file.read_bytes()).hexdigest()
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.wav"]


def test_more_than_4_gib_is_refused_before_any_work(tmp_path: Path) -> None:
    endless = np.broadcast_to(np.zeros((1, 2), np.float32), (2**32 // 6, 2))
    with pytest.raises(StemBridgeError, match="4 GiB"):
        write_wav(tmp_path / "a.wav", endless, RATE, "24", info())
    assert list(tmp_path.iterdir()) == []
    check_size(2**32 // 6 - 20_000, 2, "24")


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.wav").mkdir()
    with pytest.raises(OSError, match=r"a\.wav"):
        write_wav(tmp_path / "a.wav", noise(), RATE, "24", info())
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.wav"]
