from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.ace_step.job import read_job
from engine.ace_step.plan import TURBO, LoadPlan
from engine.ace_step.sources import SourceAudio, read_source
from engine.errors import InvalidValue
from tests.helpers.ace_requests import request

TURBO_PLAN = LoadPlan("turbo", Path("models"), "diffusers", TURBO)


def write(path: Path, seconds: float = 2.0, rate: int = 48_000, channels: int = 2, subtype: str = "PCM_16") -> str:
    audio = 0.1 * np.random.default_rng(0).standard_normal((round(seconds * rate), channels))
    soundfile.write(path, audio, rate, subtype)
    return str(path)


def test_a_file_that_is_not_audio_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("not audio at all")
    with pytest.raises(InvalidValue, match=r"source_audio must be an audio file .*this one cannot be read"):
        read_source(str(tmp_path / "text.wav"), "source_audio")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="this file is empty"):
        read_source(write(tmp_path / "empty.wav", 0), "source_audio")


def test_an_hour_is_refused_without_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "hour.wav"
    with soundfile.SoundFile(path, "w", 8_000, 1, "PCM_U8") as file:
        for _ in range(60):
            file.write(np.zeros(60 * 8_000, np.float32))
    monkeypatch.setattr(soundfile.SoundFile, "read", lambda *_: pytest.fail("was read"))
    with pytest.raises(InvalidValue, match=r"source_audio must be 0\.5–600 seconds long; this file has 3600"):
        read_source(str(path), "source_audio")


@pytest.mark.parametrize(
    ("seconds", "rate", "channels", "sentence"),
    [
        (0.1, 48_000, 2, "0.5–600 seconds long; this file has 0.1"),
        (1.0, 48_000, 6, "mono or stereo; this file has 6 channels"),
        (1.0, 4_000, 1, "sampled at 8000–384000 Hz; this file has 4000 Hz"),
    ],
)
def test_audio_out_of_range_is_refused(
    tmp_path: Path, seconds: float, rate: int, channels: int, sentence: str
) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        read_source(write(tmp_path / "odd.wav", seconds, rate, channels), "source_audio")


def test_samples_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "nan.wav", np.full((48_000, 2), np.nan), 48_000, "FLOAT")
    with pytest.raises(InvalidValue, match="samples that are no numbers"):
        read_source(str(tmp_path / "nan.wav"), "source_audio")


def test_mono_at_eight_kilohertz_is_used_and_reported(tmp_path: Path) -> None:
    job = read_job(request(task="cover", source_audio=write(tmp_path / "phone.wav", 3, 8_000, 1)), TURBO_PLAN)
    assert job.source is not None
    audio = job.source.at(48_000)
    assert audio.shape == (3 * 48_000, 2)
    assert np.array_equal(audio[:, 0], audio[:, 1])
    assert any("is mono" in notice for notice in job.notices)
    assert any("sampled at 8000 Hz: it holds nothing above 4 kHz" in notice for notice in job.notices)


@pytest.mark.parametrize("ending", ["flac", "mp3", "ogg", "aiff"])
def test_common_formats_are_read(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"song.{ending}"
    soundfile.write(path, np.zeros((44_100, 2)), 44_100)
    assert read_source(str(path), "source_audio").seconds == pytest.approx(1.0, abs=0.06)


def test_samples_and_rate_of_a_stereo_file_are_kept(tmp_path: Path) -> None:
    audio = np.random.default_rng(1).uniform(-1, 1, (44_100, 2)).astype(np.float32)
    soundfile.write(tmp_path / "song.wav", audio, 44_100, "FLOAT")
    read = read_source(str(tmp_path / "song.wav"), "source_audio")
    assert np.array_equal(read.audio, audio)
    assert (read.rate, read.seconds, read.notices) == (44_100, 1.0, ())
    assert read.audio.dtype == np.float32


def test_audio_at_its_own_rate_is_not_resampled() -> None:
    source = SourceAudio(np.ones((1000, 2), np.float32), 48_000)
    assert source.at(48_000) is source.audio or np.array_equal(source.at(48_000), source.audio)
    assert source.at(96_000).shape == (2000, 2)


@pytest.mark.parametrize(("rate", "reported"), [(31_999, True), (32_000, False)])
def test_a_dull_source_is_reported(tmp_path: Path, rate: int, reported: bool) -> None:
    notices = read_source(write(tmp_path / "song.wav", rate=rate), "reference_audio").notices
    assert notices == (
        (f"reference_audio is sampled at {rate} Hz: it holds nothing above {rate / 2000:g} kHz.",) * reported
    )


def test_a_home_directory_in_the_path_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    write(tmp_path / "song.wav")
    assert read_source("~/song.wav", "source_audio").seconds == 2.0


@pytest.mark.parametrize("path", ["", "/no/such.wav", "."])
def test_a_path_that_is_no_file_is_refused(path: str) -> None:
    with pytest.raises(InvalidValue, match="source_audio must be the path of a file that exists"):
        read_source(path, "source_audio")
