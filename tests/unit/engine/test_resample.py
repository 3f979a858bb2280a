"""Sample-rate conversion, in blocks and of whole arrays: exact lengths, no shift, and what the filters pass."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine.resample
from engine.resample import resample_blocks, resample_whole, resampled_length

RATES = [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000]


def sine(hz: float, rate: int, frames: int) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(frames) / rate).astype(np.float32)[:, None]


def converted(audio: np.ndarray, from_hz: int, to_hz: int, block: int = 7_001) -> np.ndarray:
    blocks = (audio[start : start + block] for start in range(0, len(audio), block))
    return np.concatenate(list(resample_blocks(blocks, from_hz, to_hz, resampled_length(len(audio), from_hz, to_hz))))


@pytest.mark.parametrize("from_hz", RATES)
@pytest.mark.parametrize("to_hz", [44_100, 48_000])
def test_a_tone_stays_where_it_is(from_hz: int, to_hz: int) -> None:
    made = converted(sine(1_000, from_hz, from_hz), from_hz, to_hz)
    assert len(made) == to_hz
    inside = slice(2_000, -2_000)
    assert np.abs(made - sine(1_000, to_hz, to_hz))[inside].max() < 10 ** (-80 / 20)


def test_highs_come_back_from_44100() -> None:
    tone = sine(18_000, 48_000, 48_000)
    back = converted(converted(tone, 48_000, 44_100), 44_100, 48_000)[:48_000]
    assert np.abs(back - tone)[3_000:-3_000].max() < 10 ** (-70 / 20)


def test_what_is_above_the_new_rate_is_gone() -> None:
    made = converted(sine(40_000, 192_000, 192_000), 192_000, 44_100)
    assert np.abs(made)[3_000:-3_000].max() < 10 ** (-80 / 20)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 5_000), st.sampled_from(RATES), st.sampled_from(RATES), st.integers(1, 3_000))
def test_lengths_are_exact_whatever_the_blocks(frames: int, from_hz: int, to_hz: int, block: int) -> None:
    made = converted(np.ones((frames, 2), np.float32), from_hz, to_hz, block)
    assert made.shape == (resampled_length(frames, from_hz, to_hz), 2)


def test_blocks_at_their_own_rate_come_out_as_they_are_cut_to_length() -> None:
    blocks = [np.full((3, 1), 1.0, np.float32), np.full((4, 1), 2.0, np.float32), np.full((2, 1), 3.0, np.float32)]
    made = list(resample_blocks(iter(blocks), 48_000, 48_000, 5))
    assert np.concatenate(made)[:, 0].tolist() == [1.0, 1.0, 1.0, 2.0, 2.0]


@pytest.mark.parametrize(
    ("frames", "from_hz", "to_hz", "expected"),
    [(48_000, 48_000, 44_100, 44_100), (1, 44_100, 48_000, 2), (1, 48_000, 8_000, 1), (7, 8_000, 8_000, 7)],
)
def test_the_length_holds_the_last_started_frame(frames: int, from_hz: int, to_hz: int, expected: int) -> None:
    assert resampled_length(frames, from_hz, to_hz) == expected


@pytest.fixture(params=["soxr", "scipy"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Convert whole arrays by one library."""
    if request.param == "soxr":
        pytest.importorskip("soxr")
    else:
        monkeypatch.setattr(engine.resample, "find_spec", lambda _name: None)
    return str(request.param)


def tone(hz: float, rate: int) -> np.ndarray:
    return np.repeat(sine(hz, rate, rate), 2, axis=1)


@pytest.mark.parametrize(
    ("rate", "expected"), [(48_000, 44_100), (44_100, 48_000), (48_000, 96_000), (22_050, 48_000)]
)
def test_a_tone_survives_another_rate(library: str, rate: int, expected: int) -> None:
    made = resample_whole(tone(997, rate), rate, expected)
    error = made[expected // 10 : -expected // 10] - tone(997, expected)[expected // 10 : -expected // 10]
    assert np.abs(error).max() < 10 ** (-90 / 20)
    assert made.dtype == np.float32


def test_what_the_lower_rate_cannot_hold_is_removed_not_folded(library: str) -> None:
    made = resample_whole(tone(23_000, 48_000), 48_000, 44_100)
    assert np.abs(made[4_410:-4_410]).max() < 10 ** (-100 / 20)


def test_the_hearing_range_passes_both_libraries(library: str) -> None:
    made = resample_whole(tone(19_900, 48_000), 48_000, 44_100)
    assert np.abs(made[4_410:-4_410]).max() == pytest.approx(1.0, abs=0.01)


@given(st.integers(0, 3_000), st.sampled_from([44_100, 48_000, 88_200, 96_000]))
def test_lengths_are_rounded_once(frames: int, expected: int) -> None:
    audio = np.zeros((frames, 2), np.float32)
    assert resample_whole(audio, 48_000, expected).shape == (round(frames * expected / 48_000), 2)


def test_a_whole_array_at_its_own_rate_is_the_same_object() -> None:
    audio = tone(440, 8_000)
    assert resample_whole(audio, 8_000, 8_000) is audio
