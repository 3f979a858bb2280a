"""Random generators, envelopes, sines and noise bands."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sketch.synth.noise import (
    band,
    burst,
    decay,
    generator,
    hiss,
    metal,
    phase,
    rise,
    sines,
    steady,
    times,
)
from tests.helpers.voice_ears import RATE, band_db, level_db


def test_words_seed_the_same_numbers_on_every_machine() -> None:
    assert generator("kick", 54.0, 36, 0).integers(2**32, size=3).tolist() == [3660983151, 1117435139, 2484999539]
    assert generator("a", 1).random() == generator("a", 1).random()
    # The words are kept apart: no two lists of words are one text.
    assert generator("ab", "c").random() != generator("a", "bc").random()
    assert generator("a", 1).random() != generator("a", 2).random()


def test_times_count_in_seconds() -> None:
    assert times(3, 4).tolist() == [0.0, 0.25, 0.5]
    assert times(0, 4).shape == (0,)


@given(st.floats(0.01, 20.0))
def test_a_decay_starts_at_1_and_falls_by_60_db_in_its_time(t60_s: float) -> None:
    frames = round(t60_s * 1_000)
    curve = decay(frames + 1, 1_000, t60_s)
    assert curve[0] == 1.0
    assert curve.dtype == np.float32
    assert curve[frames] == pytest.approx(0.001 ** (frames / 1_000 / t60_s), rel=1e-3)


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.05, 1.0])
def test_a_rise_is_a_raised_cosine_up_to_1(seconds: float) -> None:
    curve = rise(480, RATE, seconds)
    count = min(480, max(1, round(seconds * RATE)))
    assert 0 < curve[0] <= 0.5
    assert (np.diff(curve) >= 0).all()
    assert (curve[count:] == 1.0).all()
    assert curve[(count - 1) // 2] == pytest.approx(0.5, abs=0.02)


def test_a_steady_sine_has_its_frequency_and_phase() -> None:
    at = np.arange(RATE) / RATE
    assert np.abs(steady(440.0, RATE, RATE, 0.25) - np.cos(2 * np.pi * 440 * at)).max() < 1e-5
    angle = phase(440.0, RATE, RATE, 0.25)
    assert np.abs(angle).max() <= np.float32(np.pi)
    assert angle[0] == pytest.approx(np.pi / 2)


def test_a_moving_sine_follows_its_frequency() -> None:
    constant = sines(np.full(RATE, 440.0), RATE, 0.25)
    assert np.abs(constant - steady(440.0, RATE, RATE, 0.25)).max() < 1e-5
    # From 100 Hz to 200 Hz in one second: 150 periods.
    sweep = sines(np.linspace(100.0, 200.0, RATE), RATE)
    assert np.count_nonzero((sweep[:-1] < 0) & (sweep[1:] >= 0)) == pytest.approx(150, abs=1)


@pytest.mark.parametrize("order", [1, 2, 4])
def test_a_band_is_3_db_down_at_its_edges(order: int) -> None:
    gains = band(np.array([0.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0]), 100.0, 10_000.0, order)
    assert gains[[2, 4]] == pytest.approx(2**-0.5, abs=0.01)
    assert gains[3] == pytest.approx(1.0, abs=0.011)
    # A decade beyond an edge it is 20 dB times the order down.
    assert gains[[1, 5]] == pytest.approx(10.0**-order, rel=0.02)
    assert gains[0] < 1e-4


def test_hiss_has_unit_power_between_its_edges() -> None:
    noise = hiss(generator("hiss"), RATE, RATE, 1_000.0, 4_000.0, 4)
    assert np.square(noise).mean() == pytest.approx(1.0, rel=1e-4)
    assert band_db(noise, 900, 4_500) > -0.5
    assert band_db(noise, 14_000, 24_000) < -40
    # An upper edge above the rate's limit is brought below it, and the lower one below that.
    assert np.isfinite(hiss(generator("hiss"), 1_000, 8_000, 7_000.0, 20_000.0)).all()


def test_a_burst_starts_at_full_level_and_ends() -> None:
    sound = burst(generator("burst"), RATE, RATE, (500.0, 8_000.0), 0.1)
    assert not sound[round(0.13 * RATE) :].any()
    # 30 dB in half of the decay time.
    assert level_db(sound, 0.0, 0.01) - level_db(sound, 0.05, 0.01) == pytest.approx(30.0, abs=2.5)
    assert burst(generator("burst"), 100, RATE, (500.0, 8_000.0), 0.1).shape == (100,)
    assert np.count_nonzero(burst(generator("burst"), 1_000, RATE, (500.0, 8_000.0), 1e-4)) <= 64


def test_metal_is_lines_without_grain_and_noise_with_it() -> None:
    lines_hz = np.array([1_000.0, 2_000.0, 23_000.0])
    edges_hz = np.array([500.0, 8_000.0])
    bare = metal(generator("metal"), RATE, RATE, lines_hz, 0.0, edges_hz)
    assert np.square(bare).mean() == pytest.approx(1.0, rel=1e-4)
    assert 10 * np.log10(sum(10 ** (band_db(bare, hz - 5, hz + 5) / 10) for hz in (1_000, 2_000))) > -0.01
    grainy = metal(generator("metal"), RATE, RATE, lines_hz, 1.0, edges_hz)
    assert band_db(grainy, 2_500, 8_000) > -10 > band_db(bare, 2_500, 8_000) + 50


def test_a_bed_without_any_line_below_the_limit_is_still_noise() -> None:
    bed = metal(generator("metal"), 4_800, 8_000, np.array([30_000.0]), 0.5, np.array([500.0, 3_000.0]))
    assert np.square(bed).mean() == pytest.approx(1.0, rel=1e-3)
