"""Audio through HTTP: which format is meant, what is kept, and that conversion changes nothing it should not."""

import asyncio
import base64
import io
import json
import os
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.doors.http.audio import AudioStore, wanted_format
from bridge.doors.http.errors import HttpError
from engine.errors import InvalidValue
from tests.helpers.small_take import MANIFEST


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("", "wav"),
        ("*/*", "wav"),
        ("audio/mpeg", "mp3"),
        ("audio/flac, audio/wav;q=0.5", "flac"),
        ("audio/flac;q=0.1, audio/mpeg;q=0.2", "mp3"),
        ("text/html, */*;q=0.8", "wav"),
        ("application/json", "wav"),
        ("AUDIO/X-FLAC", "flac"),
        ("image/png", "wav"),
        ("audio/mpeg;q=nonsense", "mp3"),
    ],
)
def test_accept_picks_the_format(accept: str, suffix: str) -> None:
    assert wanted_format(accept) == suffix


def test_another_kind_of_audio_is_refused() -> None:
    with pytest.raises(InvalidValue, match="Accept must be audio/wav, audio/flac or audio/mpeg"):
        wanted_format("audio/midi")


def wav(seconds: float = 0.5, rate: int = 44_100, channels: int = 1, subtype: str = "PCM_16") -> bytes:
    """Return a file of noise."""
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (round(seconds * rate), channels))
    file = io.BytesIO()
    soundfile.write(file, noise, rate, subtype, format="WAV")
    return file.getvalue()


def as_text(data: bytes) -> str:
    return "data:audio/wav;base64," + base64.b64encode(data).decode()


def test_an_upload_is_kept_once_and_found_by_its_url(tmp_path: Path) -> None:
    store = AudioStore(tmp_path / "audio")
    name = asyncio.run(store.keep("source_audio", as_text(wav())))
    again = asyncio.run(store.keep("source_audio", base64.b64encode(wav()).decode()))
    assert again == name
    assert store.find("source_audio", f"http://127.0.0.1:9125/assets/{name}").read_bytes() == wav()
    assert len(list((tmp_path / "audio").iterdir())) == 1


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is not audio"),
        (b"hello, I am text", "is not audio"),
        (wav(0.0), "holds no sound"),
        (wav(0.5, 4_000), "one or two at 8000 Hz or more"),
        (wav(0.1, 48_000, 6), "6 channels"),
    ],
)
def test_what_is_no_audio_is_refused_and_not_kept(tmp_path: Path, data: bytes, why: str) -> None:
    store = AudioStore(tmp_path / "audio")
    with pytest.raises(InvalidValue, match=why):
        asyncio.run(store.keep("source_audio", as_text(data)))
    assert list((tmp_path / "audio").iterdir()) == []


@pytest.mark.parametrize("text", ["not base64!", "data:audio/wav;base64,%%%", "ä"])
def test_text_that_is_no_base64_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidValue, match="base64"):
        asyncio.run(AudioStore(tmp_path).keep("source_audio", text))


@pytest.mark.parametrize(
    "given",
    ["/etc/passwd", "../../etc/passwd", "http://evil.example/x.wav", "file:///etc/passwd", "a" * 64, "..", ""],
)
def test_paths_and_foreign_urls_are_never_followed(tmp_path: Path, given: str) -> None:
    with pytest.raises(InvalidValue, match="source_audio must be audio as base64, or the URL"):
        AudioStore(tmp_path).find("source_audio", given)


def manifest_of(mix: Path) -> Path:
    """Write the manifest of a take with this mix; return its path."""
    path = mix.with_name("manifest.json")
    path.write_text(json.dumps({**MANIFEST, "params": {"genres": "lofi", "seed": 7}, "mix": {"file": mix.name}}))
    return path


@pytest.mark.parametrize(("subtype", "bits"), [("PCM_16", 16), ("PCM_24", 24)])
def test_flac_holds_the_very_samples(tmp_path: Path, subtype: str, bits: int) -> None:
    source = tmp_path / "mix.wav"
    source.write_bytes(wav(1.0, 48_000, 2, subtype))
    path = asyncio.run(AudioStore(tmp_path / "audio").converted(source, "ab" * 32, "flac", manifest_of(source)))
    wanted, _ = soundfile.read(source, dtype="int32")
    given, rate = soundfile.read(path, dtype="int32")
    assert rate == 48_000
    assert soundfile.info(path).subtype == f"PCM_{bits}"
    np.testing.assert_array_equal(given, wanted)
    with soundfile.SoundFile(path) as file:
        assert (file.title, file.artist, file.comment) == ("lofi", "Stem Bridge", "lofi (seed 7)")


def test_mp3_is_made_once(tmp_path: Path) -> None:
    source = tmp_path / "mix.wav"
    source.write_bytes(wav(1.0, 48_000, 2))
    store, manifest = AudioStore(tmp_path / "audio"), manifest_of(source)
    path = asyncio.run(store.converted(source, "ab" * 32, "mp3", manifest))
    assert soundfile.info(path).format == "MP3"
    source.unlink()
    assert asyncio.run(store.converted(source, "ab" * 32, "mp3", manifest)) == path


def test_a_rate_that_mp3_cannot_hold_is_refused_with_what_can(tmp_path: Path) -> None:
    source = tmp_path / "mix.wav"
    source.write_bytes(wav(0.2, 96_000, 2))
    manifest = manifest_of(source)
    with pytest.raises(HttpError, match="ask for audio/flac"):
        asyncio.run(AudioStore(tmp_path / "audio").converted(source, "ab" * 32, "mp3", manifest))


def test_only_files_that_were_not_used_lately_are_deleted(tmp_path: Path) -> None:
    store = AudioStore(tmp_path)
    old, used = (asyncio.run(store.keep("x", as_text(wav(seconds)))) for seconds in (0.1, 0.2))
    for name in (old, used):
        os.utime(tmp_path / name, (time.time() - 7200, time.time() - 7200))
    store.find("x", used)
    store.drop_older_than(3600)
    assert [file.name for file in tmp_path.iterdir()] == [used]
