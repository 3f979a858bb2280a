"""Sums of decaying sines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sketch.synth.modes import HIGHEST_SHARE, Modes, ring, varied
from engine.sketch.synth.noise import generator
from tests.helpers.voice_ears import RATE


def test_modes_are_sines_that_die_as_asked() -> None:
    wave = ring(Modes.of([440.0], 0.8, 0.5, 0.25), RATE, RATE)
    at = np.arange(RATE) / RATE
    wanted = 0.5 * np.cos(2 * np.pi * 440.0 * at) * 10.0 ** (-3.0 * at / 0.8)
    assert np.abs(wave - wanted).max() < 2e-4


def test_modes_near_half_the_rate_are_left_out() -> None:
    assert not ring(Modes.of([0.46 * RATE], 1.0, 1.0), 4800, RATE).any()
    assert not ring(Modes.of([1000.0], 1.0, 0.0), 4800, RATE).any()


def test_the_limit_is_a_share_of_the_rate() -> None:
    high = Modes.of([HIGHEST_SHARE * RATE - 1.0], 1.0, 1.0)
    assert ring(high, 1_000, RATE).any()
    assert not ring(high, 1_000, 44_100).any()
    both = ring(Modes.of([500.0, 0.46 * RATE], 1.0, 1.0), 1_000, RATE)
    assert np.array_equal(both, ring(Modes.of(500.0, 1.0, 1.0), 1_000, RATE))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(30, 15_000), st.floats(0.02, 20), st.floats(0.1, 1), st.floats(0, 1)),
        min_size=1,
        max_size=4,
    ),
    st.integers(1, 20_000),
)
def test_a_bank_is_the_sum_of_its_modes(rows: list[tuple[float, float, float, float]], frames: int) -> None:
    wave = ring(Modes.of(*zip(*rows, strict=True)), frames, RATE)
    at = np.arange(frames) / RATE
    wanted = sum(a * np.sin(2 * np.pi * (hz * at + turn)) * 10.0 ** (-3 * at / t60) for hz, t60, a, turn in rows)
    assert wave.shape == (frames,)
    assert wave.dtype == np.float32
    assert np.abs(wave - wanted).max() < 2e-3


def test_what_has_died_away_is_left_out() -> None:
    wave = ring(Modes.of([440.0, 441.0], [0.05, 0.1], 1.0), RATE, RATE)
    assert not wave[RATE // 2 :].any()
    assert wave[: RATE // 100].any()


def test_single_numbers_stand_for_all_modes() -> None:
    bank = Modes.of([100.0, 200.0, 300.0], 0.5, [1.0, 2.0, 3.0])
    assert bank.t60_s.tolist() == [0.5, 0.5, 0.5]
    assert bank.amplitude.tolist() == [1.0, 2.0, 3.0]
    assert bank.phase_turns.tolist() == [0.0, 0.0, 0.0]
    with pytest.raises(ValueError, match="broadcast"):
        Modes.of([100.0, 200.0, 300.0], [0.5, 0.6], 1.0)


def test_variation_stays_within_its_bounds_and_leaves_decay_and_phase() -> None:
    bank = Modes.of(np.full(500, 440.0), 0.5, 2.0, 0.3)
    other = varied(bank, generator("a test"), cents=10.0, share=0.1)
    cents = 1200 * np.log2(other.hz / 440.0)
    assert 9 < np.abs(cents).max() <= 10
    assert 0.09 < np.abs(other.amplitude / 2.0 - 1.0).max() <= 0.1
    assert np.array_equal(other.t60_s, bank.t60_s)
    assert np.array_equal(other.phase_turns, bank.phase_turns)
    assert np.array_equal(varied(bank, generator("a test"), 10.0, 0.1).hz, other.hz)
