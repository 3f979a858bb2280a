"""Audio sources: frames inside and outside the audio, files side by side, and files that cannot be used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.align.warp.source import FileSource
from engine.errors import InvalidValue
from tests.helpers.warp_sounds import RATE, noise


def test_broken_samples_in_a_file_are_silent(tmp_path: Path) -> None:
    audio = noise(0.1)
    audio[5, 0], audio[7, 1] = np.nan, np.inf
    soundfile.write(tmp_path / "a.wav", audio, RATE, "FLOAT")
    with FileSource([tmp_path / "a.wav"]) as source:
        read = source.read(0, 10)
        assert read[5, 0] == read[7, 1] == 0.0
        assert np.array_equal(read[:5], audio[:5])


def test_files_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", noise(0.1), 8000)
    soundfile.write(tmp_path / "b.wav", noise(0.1), 16000)
    (tmp_path / "c.wav").write_text("no sound")
    with pytest.raises(InvalidValue, match="sample rate"):
        FileSource([tmp_path / "a.wav", tmp_path / "b.wav"])
    for name in ("c.wav", "missing.wav"):
        with pytest.raises(InvalidValue, match="audio file"):
            FileSource([tmp_path / name])
