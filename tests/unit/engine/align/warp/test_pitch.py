"""The second step of a pitch shift: ratios near the semitones, exact lengths, and audio that keeps its level."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.align.warp.pitch import pitch_ratio, speed_up
from engine.errors import InvalidValue


@pytest.mark.parametrize(("semitones", "ratio"), [(0.0, Fraction(1)), (12.0, Fraction(2)), (-12.0, Fraction(1, 2))])
def test_octaves_are_exact(semitones: float, ratio: Fraction) -> None:
    assert pitch_ratio(semitones) == ratio


@given(st.floats(-12.0, 12.0))
def test_a_ratio_is_small_and_at_most_3_cents_off(semitones: float) -> None:
    ratio = pitch_ratio(semitones)
    assert ratio.denominator <= 256
    assert abs(1200 * np.log2(float(ratio)) - 100 * semitones) <= 3.5


@pytest.mark.parametrize("semitones", range(-12, 13))
def test_a_whole_semitone_is_at_most_a_cent_and_a_half_off(semitones: int) -> None:
    assert abs(1200 * np.log2(float(pitch_ratio(semitones))) - 100 * semitones) < 1.5


@pytest.mark.parametrize("semitones", [12.01, -12.01, float("nan"), float("inf")])
def test_other_shifts_are_refused(semitones: float) -> None:
    with pytest.raises(InvalidValue, match="pitch_shift must be −12–12 semitones"):
        pitch_ratio(semitones)


def tone(frames: int, hz: float, rate: float) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(frames) / rate).astype(np.float32)[:, None]


def faster(audio: np.ndarray, ratio: Fraction, frames: int, block: int = 997) -> np.ndarray:
    blocks = (audio[start : start + block] for start in range(0, max(1, len(audio)), block))
    return np.concatenate(list(speed_up(blocks, ratio, frames)))


@pytest.mark.parametrize(
    "ratio", [Fraction(3, 2), Fraction(2), Fraction(1, 2), Fraction(160, 147), Fraction(147, 160)]
)
def test_a_tone_is_higher_by_the_ratio_and_stays_in_place(ratio: Fraction) -> None:
    made = faster(tone(round(6_000 * ratio) + 200, 500, 48_000), ratio, 6_000)
    expected = tone(6_000, 500 * float(ratio), 48_000)
    assert np.abs(made - expected)[300:-300].max() < 10 ** (-80 / 20)


def test_a_constant_level_stays_one() -> None:
    made = faster(np.ones((4_000, 2), np.float32), Fraction(5, 4), 3_000)
    np.testing.assert_allclose(made[200:2_800], 1.0, atol=1e-4)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 3_000),
    st.integers(1, 3_000),
    st.integers(1, 999),
    st.sampled_from([Fraction(3, 2), Fraction(2, 3), Fraction(7, 5)]),
)
def test_lengths_are_exact_and_blocks_make_no_difference(
    length: int, frames: int, block: int, ratio: Fraction
) -> None:
    audio = np.random.default_rng(length).standard_normal((length, 2)).astype(np.float32)
    made = faster(audio, ratio, frames, block)
    assert made.shape == (frames, 2)
    np.testing.assert_allclose(made, faster(audio, ratio, frames, length), atol=1e-5)


def test_silence_follows_the_end() -> None:
    made = faster(np.ones((100, 1), np.float32), Fraction(1, 2), 1_000)
    assert not made[300:].any()
    assert made[100:140].min() > 0.9
