"""Audio sources: frames inside and outside the audio, files side by side, and files that cannot be used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from engine.align.warp.source import ArraySource, FileSource, padded, unreadable, without_broken_samples
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


@given(st.integers(0, 40), st.integers(-60, 80), st.integers(0, 90))
def test_any_frames_are_those_of_the_audio_with_silence_around(length: int, start: int, count: int) -> None:
    audio = np.arange(1, 2 * length + 1, dtype=np.float32).reshape(length, 2)
    silence = np.zeros((200, 2), np.float32)
    endless = np.concatenate([silence, audio, silence])
    source = ArraySource(audio)
    assert (source.frames, source.channels) == (length, 2)
    np.testing.assert_array_equal(source.read(start, start + count), endless[200 + start : 200 + start + count])


def test_frames_inside_are_a_view_and_no_copy() -> None:
    audio = noise(0.1)
    assert np.shares_memory(ArraySource(audio).read(10, 20), audio)


def test_padding_puts_the_frames_where_they_belong() -> None:
    inside = np.ones((2, 1), np.float32)
    assert padded(inside, -2, 3)[:, 0].tolist() == [0.0, 0.0, 1.0, 1.0, 0.0]
    assert padded(inside, 5, 8)[:, 0].tolist() == [1.0, 1.0, 0.0]
    assert padded(inside[:0], -9, -5)[:, 0].tolist() == [0.0] * 4
    assert padded(inside, 5, 7) is inside


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_broken_samples_are_silenced_and_counted(broken: float) -> None:
    audio = noise(0.01)
    audio[3, 0] = audio[7, 1] = broken
    clean, count = without_broken_samples(audio)
    assert count == 2
    assert clean[3, 0] == clean[7, 1] == 0.0
    assert np.array_equal(clean[8:], audio[8:])


def test_sound_audio_is_returned_as_it_is() -> None:
    audio = noise(0.01)
    assert without_broken_samples(audio)[0] is audio


def test_opposite_infinities_are_found_though_they_cancel() -> None:
    audio = np.array([[np.inf], [-np.inf], [1.0]], np.float32)
    assert without_broken_samples(audio)[1] == 2


def test_files_lie_side_by_side_and_shorter_ones_end_in_silence(tmp_path: Path) -> None:
    long, short = noise(0.1), noise(0.05, 1)
    soundfile.write(tmp_path / "a.wav", long, RATE, "FLOAT")
    soundfile.write(tmp_path / "b.wav", short, RATE, "FLOAT")
    with FileSource([tmp_path / "a.wav", tmp_path / "b.wav"]) as source:
        assert (source.frames, source.channels, source.sample_rate) == (len(long), 3, RATE)
        read = source.read(-5, len(long) + 5)
    assert not read[:5].any()
    assert not read[-5:].any()
    np.testing.assert_array_equal(read[5:-5, :2], long)
    np.testing.assert_array_equal(read[5 : 5 + len(short), 2:], short)
    assert not read[5 + len(short) :, 2].any()


def test_files_are_closed_on_leaving(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", noise(0.01), RATE)
    with FileSource([tmp_path / "a.wav"]) as source:
        source.read(0, 1)
    with pytest.raises(RuntimeError):
        source.read(0, 1)


def test_a_file_that_may_not_be_read_is_told_from_one_that_is_no_audio(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("no audio")
    assert "must be a sound file like WAV" in str(unreadable(tmp_path / "a.txt"))
    assert "must be one that can be read (" in str(unreadable(tmp_path / "gone.wav"))
