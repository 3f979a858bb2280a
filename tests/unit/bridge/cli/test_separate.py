"""`stembridge separate`, with a tiny separator in the models' folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.cli.main import main
from bridge.cli.separate import parse_gains
from engine.errors import InvalidValue
from tests.helpers.hub.separators import FOUR, SIX, install_demucs

RATE = 48_000


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "models"
    install_demucs(folder, sample_rate=16_000)
    monkeypatch.setenv("STEMBRIDGE_MODELS", str(folder))
    return folder


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return save(tmp_path / "song.wav", RATE, 2)


def save(path: Path, rate: int, channels: int, level: float = 0.4, frames: int = 60_000) -> Path:
    audio = np.random.default_rng(5).uniform(-level, level, (frames, channels))
    soundfile.write(path, audio, rate, subtype="FLOAT")
    return path


def separate(*arguments: object) -> int:
    return main(["separate", *map(str, arguments)])


@pytest.mark.parametrize("depth", ["16", "24", "float"])
def test_the_files_sum_to_the_mix(models: Path, song: Path, tmp_path: Path, depth: str) -> None:
    out = tmp_path / "out"
    assert separate(song, "--out", out, "--bit-depth", depth) == 0
    report = json.loads((out / "separation.json").read_text())
    assert tuple(stem["name"] for stem in report["stems"]) == FOUR
    total = np.sum([soundfile.read(out / stem["file"])[0] for stem in report["stems"]], axis=0)
    mix, rate = soundfile.read(out / report["mix"]["file"])
    before, _ = soundfile.read(song)
    assert rate == RATE
    assert 20 * np.log10(np.abs(total - mix).max() + 1e-12) < -120
    assert np.abs(mix - before).max() <= (2.0**-15 if depth == "16" else 2.0**-22)
    assert report["stem_sum_error_db"] < -120
    for entry in (*report["stems"], report["mix"]):
        data = (out / entry["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["sha256"]
        assert b"acid" not in data[:2000]  # the tempo is unknown
        assert entry["lufs"] is not None


def test_one_line_says_what_was_made_and_json_the_whole_report(
    models: Path, song: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install_demucs(models, "htdemucs_6s", SIX, sample_rate=16_000)
    assert separate(song, "--out", tmp_path / "a", "--model", "htdemucs_6s") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert "drums, bass, other, vocals, guitar, piano (1.250 s, htdemucs_6s)" in line
    assert separate(song, "--out", tmp_path / "b", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["report"] == str(tmp_path / "b" / "separation.json")
    assert (report["frames"], report["channels"], report["model"]) == (60_000, 2, "htdemucs")
    assert {stem["color"] for stem in report["stems"]} == {"#e4572e", "#7b5ea7", "#78909c", "#e86a92"}


@pytest.mark.parametrize(("rate", "channels", "frames"), [(8_000, 1, 3), (192_000, 8, 20_000), (11_025, 3, 9_000)])
def test_every_rate_and_number_of_channels(
    models: Path, tmp_path: Path, rate: int, channels: int, frames: int
) -> None:
    file, out = save(tmp_path / "a.wav", rate, channels, frames=frames), tmp_path / "out"
    assert separate(file, "--out", out) == 0
    for name in (*FOUR, "mix"):
        written = soundfile.info(out / f"a {name}.wav")
        assert (written.samplerate, written.channels, written.frames) == (rate, channels, frames)


def test_gains_turn_stems_and_mix(models: Path, song: Path, tmp_path: Path) -> None:
    plain, turned = tmp_path / "plain", tmp_path / "turned"
    depth = ["--bit-depth", "float"]
    assert separate(song, "--out", plain, *depth) == 0
    assert separate(song, "--out", turned, *depth, "--gain", "drums=-6", "--gain", "other=6.5") == 0
    gains = {"drums": 10 ** (-6 / 20), "bass": 1.0, "other": 10 ** (6.5 / 20), "vocals": 1.0}
    total = 0.0
    for name, gain in gains.items():
        before, after = (soundfile.read(folder / f"song {name}.wav")[0] for folder in (plain, turned))
        assert np.allclose(after, gain * before, atol=1e-6)
        total = total + after
    assert np.allclose(soundfile.read(turned / "song mix.wav")[0], total, atol=1e-6)


def test_what_would_clip_is_turned_down_together(models: Path, tmp_path: Path) -> None:
    file = save(tmp_path / "loud.wav", RATE, 2, level=2.0)
    assert separate(file, "--out", tmp_path / "out") == 0
    report = json.loads((tmp_path / "out" / "separation.json").read_text())
    assert report["gain_db"] <= -6
    assert max(stem["peak_db"] for stem in report["stems"]) == pytest.approx(0, abs=0.01)
    assert report["stem_sum_error_db"] < -120


def silence(path: Path) -> None:
    soundfile.write(path, np.zeros((50_000, 2)), RATE)


def no_numbers(path: Path) -> None:
    soundfile.write(path, np.full((50_000, 2), np.nan, np.float32), RATE, subtype="FLOAT")


@pytest.mark.parametrize("make", [silence, no_numbers])
def test_silence_and_what_is_no_numbers_become_silent_stems(
    models: Path, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "a.wav")
    assert separate(tmp_path / "a.wav", "--out", tmp_path / "out") == 0
    assert all(not soundfile.read(tmp_path / "out" / f"a {name}.wav")[0].any() for name in FOUR)


@pytest.mark.parametrize("make", [lambda path: path.write_text("x" * 99), Path.mkdir, lambda _path: None])
def test_what_is_no_audio_is_refused_in_one_line(
    models: Path, tmp_path: Path, make: Callable[[Path], object], capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "a.wav")
    assert separate(tmp_path / "a.wav", "--out", tmp_path / "out") == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_without_a_model_the_command_that_fetches_it_is_told(
    tmp_path: Path, song: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEMBRIDGE_MODELS", str(tmp_path / "nothing"))
    assert separate(song, "--out", tmp_path / "out") == 1
    assert "stembridge models download htdemucs" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("flags", [["--model", "x"], ["--model", "ace-step-xl-base"], ["--gain", "lute=3"]])
def test_unknown_names_are_wrong_values(models: Path, song: Path, tmp_path: Path, flags: list[str]) -> None:
    assert separate(song, "--out", tmp_path / "out", *flags) == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["separation.json", "song bass.wav"])
def test_nothing_is_overwritten(models: Path, song: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_text("mine")
    assert separate(song, "--out", out) == 2
    assert [(path.name, path.read_text()) for path in out.iterdir()] == [(name, "mine")]


def test_an_interrupt_leaves_nothing(
    models: Path, song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bridge.cli.separate.report_progress", interrupted)
    assert separate(song, "--out", tmp_path / "new" / "out") == 130
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("text", ["drums", "=3", "drums=", "drums=x", "drums=nan", "drums=61", "drums=-1e9"])
def test_gains_have_one_form(text: str) -> None:
    with pytest.raises(InvalidValue, match="like vocals=-6"):
        parse_gains([text])


def test_gains_are_read_with_either_minus() -> None:
    assert parse_gains(["drums=-6", "bass=−1.5", "other=+2"]) == {"drums": -6.0, "bass": -1.5, "other": 2.0}
