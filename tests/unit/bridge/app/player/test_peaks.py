"""Waveform peaks: the extremes of every bucket to the step, and the cache of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.app.player import BUCKET_FRAMES
from bridge.app.player.peaks import READ_FRAMES, PeakCache, Peaks, compute

FRAMES, RATE = 48_000, 48_000


@pytest.fixture
def stems(tmp_path: Path) -> dict[str, Path]:
    path = tmp_path / "drums.wav"
    soundfile.write(path, np.random.default_rng(1).uniform(-0.4, 0.4, (FRAMES, 2)), RATE, subtype="FLOAT")
    return {"drums": path}


def test_peaks_are_the_extremes_of_every_bucket_and_are_kept(tmp_path: Path, stems: dict[str, Path]) -> None:
    audio = soundfile.read(stems["drums"], dtype="float32")[0]
    peaks = compute(stems["drums"])
    assert len(peaks.low) == -(-FRAMES // BUCKET_FRAMES)
    first = audio[:BUCKET_FRAMES]
    assert peaks.high[0] / 127 == pytest.approx(first.max(), abs=0.01)
    assert peaks.low[0] / 127 == pytest.approx(first.min(), abs=0.01)
    cache = PeakCache(tmp_path / "cache")
    assert np.array_equal(cache.get(stems["drums"], "abc").high, peaks.high)
    stems["drums"].unlink()
    assert np.array_equal(cache.get(stems["drums"], "abc").low, peaks.low)
    low, high = peaks.columns(0, FRAMES, 10)
    assert (low.min(), high.max()) == (peaks.low.min(), peaks.high.max())


def save(path: Path, audio: object, subtype: str = "PCM_16") -> Path:
    soundfile.write(path, np.asarray(audio), RATE, subtype=subtype)
    return path


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_channels_are_taken_together_and_the_last_bucket_may_be_short(tmp_path: Path, subtype: str) -> None:
    audio = np.zeros((BUCKET_FRAMES + 3, 2))
    audio[5, 0], audio[9, 1] = 0.5, -0.25
    audio[BUCKET_FRAMES + 2, 1] = 0.75
    peaks = compute(save(tmp_path / "a.wav", audio, subtype))
    tolerance = 1  # whole samples are cut to their top byte, floats are rounded
    assert peaks.low.tolist() == pytest.approx([-32, 0], abs=tolerance)
    assert peaks.high.tolist() == pytest.approx([64, 95], abs=tolerance)
    assert peaks.low.dtype == peaks.high.dtype == np.int8


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_full_scale_is_127_either_way(tmp_path: Path, subtype: str) -> None:
    audio = np.zeros(BUCKET_FRAMES)
    audio[:2] = (1.0, -1.0)
    peaks = compute(save(tmp_path / "a.wav", audio, subtype))
    assert (peaks.low.tolist(), peaks.high.tolist()) == ([-127], [127])


def test_a_file_longer_than_one_read_has_no_seam(tmp_path: Path) -> None:
    audio = np.zeros(READ_FRAMES + 2 * BUCKET_FRAMES)
    audio[READ_FRAMES - 1], audio[READ_FRAMES] = -0.5, 0.5
    peaks = compute(save(tmp_path / "a.wav", audio))
    assert len(peaks.low) == 1_026
    assert (np.flatnonzero(peaks.low).tolist(), np.flatnonzero(peaks.high).tolist()) == ([1_023], [1_024])


@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
def test_an_empty_file_has_no_peaks(tmp_path: Path, subtype: str) -> None:
    peaks = compute(save(tmp_path / "a.wav", np.zeros((0, 2)), subtype))
    assert len(peaks.low) == len(peaks.high) == 0
    low, high = peaks.columns(0, 100, 4)
    assert (low.tolist(), high.tolist()) == ([0] * 4, [0] * 4)


def test_what_is_no_sound_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("not a sound")
    with pytest.raises(soundfile.LibsndfileError):
        compute(tmp_path / "a.wav")


STAIRS = Peaks(-np.arange(8, dtype=np.int8), np.arange(8, dtype=np.int8))
"""Eight buckets; bucket n reaches from -n to n."""


def test_columns_as_wide_as_buckets_are_the_buckets() -> None:
    low, high = STAIRS.columns(0, 8 * BUCKET_FRAMES, 8)
    assert high.tolist() == list(range(8))
    assert low.tolist() == [-n for n in range(8)]


def test_wider_columns_take_the_extremes_of_all_their_buckets() -> None:
    assert STAIRS.columns(0, 8 * BUCKET_FRAMES, 2)[1].tolist() == [3, 7]
    assert STAIRS.columns(0, 8 * BUCKET_FRAMES, 4)[0].tolist() == [-1, -3, -5, -7]


def test_narrower_columns_repeat_their_bucket_and_beyond_the_end_is_the_last() -> None:
    assert STAIRS.columns(0, 2 * BUCKET_FRAMES, 6)[1].tolist() == [0, 0, 0, 1, 1, 1]
    assert STAIRS.columns(6 * BUCKET_FRAMES, 10 * BUCKET_FRAMES, 4)[1].tolist() == [6, 7, 7, 7]


def test_scrolling_by_less_than_a_column_changes_nothing() -> None:
    wide = 2 * BUCKET_FRAMES
    still = STAIRS.columns(0, 8 * BUCKET_FRAMES, 4)[1].tolist()
    assert STAIRS.columns(wide * 0.3, 8 * BUCKET_FRAMES + wide * 0.3, 4)[1].tolist() == still
    assert STAIRS.columns(wide, 8 * BUCKET_FRAMES, 3)[1].tolist() == still[1:]


@pytest.mark.parametrize(("start", "end", "count"), [(0, 100, 0), (0, 100, -1), (100, 100, 3), (100, 0, 3)])
def test_an_empty_view_is_flat(start: float, end: float, count: int) -> None:
    low, high = STAIRS.columns(start, end, count)
    assert low.tolist() == high.tolist() == [0] * max(0, count)


def test_a_digest_that_is_unknown_or_no_digest_is_not_cached(tmp_path: Path, stems: dict[str, Path]) -> None:
    cache = PeakCache(tmp_path / "cache")
    for digest in ("", "../../etc/passwd"):
        cache.get(stems["drums"], digest)
    assert not (tmp_path / "cache").exists()


def test_a_broken_cache_file_is_made_again(tmp_path: Path, stems: dict[str, Path]) -> None:
    cache = PeakCache(tmp_path / "cache")
    peaks = cache.get(stems["drums"], "abc")
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(b"broken")
    assert np.array_equal(cache.get(stems["drums"], "abc").low, peaks.low)
    assert np.array_equal(np.load(file)[0], peaks.low)


def test_a_cache_that_cannot_be_written_is_only_logged(
    tmp_path: Path, stems: dict[str, Path], caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    peaks = PeakCache(tmp_path / "file" / "cache").get(stems["drums"], "abc")
    assert len(peaks.low) == FRAMES // BUCKET_FRAMES
    (record,) = caplog.records
    assert record.getMessage().startswith("the waveform cache cannot be written: ")


def test_buckets_after_the_view_are_not_in_its_last_column() -> None:
    low, high = STAIRS.columns(0, 4 * BUCKET_FRAMES, 2)
    assert (low.tolist(), high.tolist()) == ([-1, -3], [1, 3])
