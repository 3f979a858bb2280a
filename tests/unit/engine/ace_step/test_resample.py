from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ace_step.resample import resample, with_scipy


def tone(hz: float, rate: int, seconds: float = 1.0) -> np.ndarray:
    wave = np.sin(2 * np.pi * hz * np.arange(round(rate * seconds)) / rate)
    return np.repeat(wave.astype(np.float32)[:, None], 2, axis=1)


@pytest.mark.parametrize("convert", [resample, with_scipy])
@pytest.mark.parametrize(("rate", "wanted"), [(48_000, 44_100), (44_100, 48_000), (48_000, 96_000), (22_050, 48_000)])
def test_a_tone_survives_another_rate(convert: type, rate: int, wanted: int) -> None:
    made = convert(tone(997, rate), rate, wanted)
    error = made[wanted // 10 : -wanted // 10] - tone(997, wanted)[wanted // 10 : -wanted // 10]
    assert np.abs(error).max() < 10 ** (-90 / 20)
    assert made.dtype == np.float32


@pytest.mark.parametrize("convert", [resample, with_scipy])
def test_what_the_lower_rate_cannot_hold_is_removed_not_folded(convert: type) -> None:
    made = convert(tone(23_000, 48_000), 48_000, 44_100)
    assert np.abs(made[4_410:-4_410]).max() < 10 ** (-100 / 20)


@given(st.integers(0, 3_000), st.sampled_from([44_100, 48_000, 88_200, 96_000]))
def test_lengths_are_rounded_once(frames: int, wanted: int) -> None:
    audio = np.zeros((frames, 2), np.float32)
    assert resample(audio, 48_000, wanted).shape == (round(frames * wanted / 48_000), 2)
