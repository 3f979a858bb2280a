from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.ace_step.job import read_job
from engine.ace_step.plan import TURBO, LoadPlan
from engine.ace_step.sources import read_source
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


def test_mono_at_eight_kilohertz_is_used_and_told(tmp_path: Path) -> None:
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
