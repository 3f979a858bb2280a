"""The tool that inspects and converts audio files, in this process and as a program."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.doors.http.audio_tool import encode, main, probe
from bridge.takes.export import encode as encode_module
from tests.helpers.take_files import write_take


def write(path: Path, seconds: float = 0.5, rate: int = 48_000, channels: int = 2, subtype: str = "PCM_16") -> Path:
    """Write a file of noise."""
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (round(seconds * rate), channels))
    soundfile.write(path, noise, rate, subtype)
    return path


@pytest.mark.parametrize(
    ("name", "rate", "channels"),
    [("a.wav", 44_100, 1), ("a.flac", 48_000, 2), ("a.aiff", 96_000, 2), ("a.wav", 8_000, 2)],
)
def test_a_file_is_described(tmp_path: Path, name: str, rate: int, channels: int) -> None:
    path = write(tmp_path / name, 0.5, rate, channels)
    assert probe(path, 600.0) == {"seconds": 0.5, "sample_rate": rate, "channels": channels}


def test_a_file_that_is_too_long_says_how_long_it_is(tmp_path: Path) -> None:
    assert probe(write(tmp_path / "a.wav", 1.0), 1.0)["seconds"] == 1.0, "at most is allowed"
    assert probe(write(tmp_path / "b.wav", 2.0), 1.5) == {"error": "lasts 2 s; at most 1.5 s are taken"}


@pytest.mark.parametrize(
    ("rate", "channels", "error"),
    [
        (4_000, 1, "has 1 channels at 4000 Hz; one or two at 8000 Hz or more are taken"),
        (48_000, 6, "has 6 channels at 48000 Hz; one or two at 8000 Hz or more are taken"),
    ],
)
def test_a_format_that_cannot_be_used_is_named(tmp_path: Path, rate: int, channels: int, error: str) -> None:
    assert probe(write(tmp_path / "a.wav", 0.1, rate, channels), 600.0) == {"error": error}


def test_a_file_without_sound_and_one_that_is_missing_are_errors(tmp_path: Path) -> None:
    assert probe(write(tmp_path / "a.wav", 0.0), 600.0) == {"error": "holds no sound"}
    (tmp_path / "text.wav").write_text("hello")
    for name in ("text.wav", "gone.wav"):
        assert "is not audio that can be read" in str(probe(tmp_path / name, 600.0)["error"])


def test_a_file_that_is_cut_off_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", 2.0)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert "error" in probe(path, 600.0)


@pytest.mark.parametrize(("subtype", "kept"), [("PCM_16", "PCM_16"), ("PCM_24", "PCM_24"), ("FLOAT", "PCM_24")])
def test_flac_has_the_same_samples_over_several_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subtype: str, kept: str
) -> None:
    monkeypatch.setattr(encode_module, "_BLOCK_FRAMES", 1000)
    source, target = write(tmp_path / "a.wav", 0.1, subtype=subtype), tmp_path / "a.flac"
    assert encode(source, target) == {}
    info = soundfile.info(target)
    assert (info.subtype, info.frames, info.samplerate, info.channels) == (kept, 4800, 48_000, 2)
    given, made = (soundfile.read(path)[0] for path in (source, target))
    assert np.abs(given - made).max() <= (2**-23 if subtype == "FLOAT" else 0.0)


def test_mp3_has_the_length_of_its_source(tmp_path: Path) -> None:
    assert encode(write(tmp_path / "a.wav"), tmp_path / "a.mp3") == {}
    info = soundfile.info(tmp_path / "a.mp3")
    assert (info.format, info.samplerate) == ("MP3", 48_000)
    assert info.frames == pytest.approx(24_000, abs=2400)


def test_a_rate_that_mp3_lacks_is_an_error_and_leaves_no_file(tmp_path: Path) -> None:
    answer = encode(write(tmp_path / "a.wav", 0.1, 96_000), tmp_path / "a.mp3")
    assert answer == {"error": "MP3 cannot hold 96000 Hz; ask for audio/flac or audio/wav"}
    assert not (tmp_path / "a.mp3").exists()


def test_the_command_prints_one_line_of_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "a.wav", 0.5)
    assert main(["probe", str(path), "600"]) == 0
    assert json.loads(capsys.readouterr().out) == {"seconds": 0.5, "sample_rate": 48_000, "channels": 2}
    assert main(["encode", str(path), str(tmp_path / "a.flac")]) == 0
    assert capsys.readouterr().out == "{}\n"


@pytest.mark.parametrize(("file", "title"), [("mix.wav", "funk"), ("bass.wav", "funk bass")])
def test_with_the_manifest_it_is_tagged(tmp_path: Path, file: str, title: str) -> None:
    take = write_take(tmp_path / "take")
    for suffix in ("flac", "mp3"):
        target = tmp_path / f"a.{suffix}"
        assert main(["encode", str(take.folder / file), str(target), str(take.manifest)]) == 0
        with soundfile.SoundFile(target) as tagged:
            assert (tagged.title, tagged.comment) == (title, "funk, 120 BPM (seed 7)")


def test_it_runs_as_a_program(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("hello")
    command = [sys.executable, "-m", "bridge.doors.http.audio_tool", "probe", str(tmp_path / "text.wav"), "600"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["error"].startswith("is not audio")
