"""Lengths from headers against libsndfile's, in every format that is taken; broken files have none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.request import audio_length
from bridge.request.audio_length import audio_length_s


@pytest.mark.parametrize(
    ("kind", "subtype"),
    [("WAV", "PCM_16"), ("WAV", "FLOAT"), ("WAVEX", "PCM_24"), ("RF64", "PCM_24"), ("FLAC", "PCM_16")],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_the_header_has_the_exact_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, subtype: str, channels: int
) -> None:
    monkeypatch.setattr(audio_length, "_asked_length_s", lambda _: None)  # no other process is needed
    file = tmp_path / "upload without a suffix"
    soundfile.write(file, np.zeros((33_333, channels)), 44_100, format=kind, subtype=subtype)
    assert audio_length_s(file) == pytest.approx(33_333 / 44_100, abs=1e-9)


def test_other_formats_are_read_in_a_process_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "source.ogg"
    soundfile.write(file, np.zeros((22_050, 2)), 44_100)
    assert audio_length_s(file) == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize(
    "data", [b"RIFF\x00\x00\x00\x00WAVE", b"RIFF\x00\x00\x00\x00WAVEdata\x10\x00\x00\x00", b"fLaC"]
)
def test_a_broken_file_has_no_length(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "broken.wav"
    file.write_bytes(data)
    assert audio_length_s(file) is None
    assert audio_length_s(tmp_path / "missing.wav") is None
