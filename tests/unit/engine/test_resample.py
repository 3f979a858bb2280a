"""Audio from one rate to another: exact lengths, no shift, and what the filter lets through."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.resample import resample_blocks, resampled_length

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
