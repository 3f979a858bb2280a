"""Raw samples in a temporary file."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.rawfile import RawFile

AUDIO = np.arange(20, dtype=np.float32).reshape(10, 2)


def test_what_was_filled_is_read_anywhere_and_the_file_is_deleted(tmp_path: Path) -> None:
    path = tmp_path / "scratch"
    with RawFile(path, 2) as raw:
        assert raw.fill([AUDIO[:3], AUDIO[3:3], AUDIO[3:]]) is raw
        assert (raw.frames, raw.channels) == (10, 2)
        assert np.array_equal(raw.read(0, 10), AUDIO)
        assert np.array_equal(raw.read(7, 9), AUDIO[7:9])
        assert np.array_equal(raw.read(2, 4), AUDIO[2:4])
        assert path.exists()
    assert not path.exists()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.integers(-30, 30), st.integers(0, 40))
def test_outside_the_audio_is_silence(tmp_path: Path, start: int, length: int) -> None:
    with RawFile(tmp_path / "scratch", 2) as raw:
        raw.fill([AUDIO])
        found = raw.read(start, start + length)
    wide = np.concatenate([np.zeros((60, 2)), AUDIO, np.zeros((80, 2))])
    assert found.dtype == np.float32
    assert np.array_equal(found, wide[60 + start : 60 + start + length])


def test_what_is_read_may_be_changed(tmp_path: Path) -> None:
    with RawFile(tmp_path / "scratch", 2) as raw:
        raw.fill([AUDIO])
        raw.read(0, 4)[:] = 7.0
        assert np.array_equal(raw.read(0, 4), AUDIO[:4])


def test_the_report_counts_frames(tmp_path: Path) -> None:
    counts: list[int] = []
    with RawFile(tmp_path / "scratch", 1) as raw:
        raw.fill([np.ones((3, 1), np.float32), np.ones((4, 1), np.float32)], counts.append)
        raw.fill([np.ones((1, 1), np.float32)], counts.append)
    assert counts == [3, 7, 8]


def test_other_types_and_orders_are_written_as_float32(tmp_path: Path) -> None:
    with RawFile(tmp_path / "scratch", 2) as raw:
        raw.fill([np.asfortranarray(AUDIO.astype(np.float64)), AUDIO[::-1]])
        assert np.array_equal(raw.read(0, 20), np.concatenate([AUDIO, AUDIO[::-1]]))


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "scratch"
    path.write_text("a song")
    with pytest.raises(FileExistsError):
        RawFile(path, 2)
    assert path.read_text() == "a song"


def test_the_file_goes_even_if_the_work_fails_or_it_is_gone_already(tmp_path: Path) -> None:
    with pytest.raises(KeyError), RawFile(tmp_path / "scratch", 1):
        raise KeyError
    assert list(tmp_path.iterdir()) == []
