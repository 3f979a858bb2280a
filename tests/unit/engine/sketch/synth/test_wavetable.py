"""Band-limited wavetables with a moving filter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sketch.synth.voice import Stroke
from engine.sketch.synth.wavetable import HIGHEST_HZ, LOWEST_HZ, TABLES, Oscillator, glide, octaves, pulse, vibrato
from tests.helpers.voice_ears import (
    RATE,
    aliased_db,
    band_db,
    cents_off,
    hertz,
    off_harmonics_db,
    stroke,
)

OPEN = np.full(1 << 15, octaves(HIGHEST_HZ), np.float32)


@pytest.mark.parametrize("pitch", [84, 91, 96, 103, 108])
def test_a_high_saw_does_not_alias(pitch: int) -> None:
    hz = hertz(pitch)
    wave = Oscillator(hz, RATE).sweep(np.full(1 << 16, 8.3, np.float32))
    assert off_harmonics_db(wave, hz, width_hz=8) < -60


def test_the_aliasing_measure_sees_a_naive_saw() -> None:
    hz = hertz(91)
    naive = (np.arange(1 << 16) * hz / RATE) % 1.0 - 0.5
    assert off_harmonics_db(naive, hz, width_hz=8) > -40


def test_the_measure_against_a_higher_rate_sees_a_naive_saw() -> None:
    frames = 1 << 15
    at = np.arange(4 * frames) * hertz(88) / RATE
    saws = [np.blackman(n * frames) * ((at[: n * frames] / n) % 1.0 - 0.5) for n in (1, 4)]
    here, dense = (np.abs(np.fft.rfft(saw))[: frames // 2 + 1] ** 2 for saw in saws)
    assert aliased_db(here / here.sum(), dense / dense.sum()) > -40


def test_a_pulse_misses_the_harmonics_of_its_width() -> None:
    assert pulse(0.5).shape == (512,)
    assert np.abs(pulse(0.5)[1::2]).max() < 1e-15
    assert pulse(0.25)[:4] == pytest.approx([2**-0.5, 0.5, 2**-0.5 / 3, 0.0], abs=1e-12)


def test_an_open_saw_is_its_harmonics() -> None:
    wave = Oscillator(200.0, RATE, q=0.7).sweep(OPEN)
    at = np.arange(len(wave)) * 200.0 / RATE
    spectrum = [2 * np.abs((wave * np.exp(-2j * np.pi * k * at)).mean()) for k in (1, 2, 5, 10)]
    # Tables hold half-amplitude sines of the saw's 1/k; the filter is open.
    assert np.array(spectrum) / spectrum[0] == pytest.approx([1.0, 0.5, 0.2, 0.1], rel=0.02)


def test_the_filter_falls_by_24_db_an_octave() -> None:
    at = np.arange(RATE) * 100.0 / RATE
    corner = 12 * octaves(HIGHEST_HZ) / (TABLES - 1)  # exactly on a table: nothing is cross-faded
    wave = Oscillator(100.0, RATE, q=0.7).sweep(np.full(RATE, corner, np.float32))

    def wanted_db(number: int) -> float:
        ratio = number * 100.0 / (LOWEST_HZ * 2**corner)
        both = (1 - ratio**2 + 1j * ratio / 0.6) * (1 - ratio**2 + 1j * ratio / 0.7)
        return float(-20 * np.log10(number * abs(both)))

    found_db = [20 * np.log10(np.abs((wave * np.exp(-2j * np.pi * k * at)).mean())) for k in (1, 8, 16, 32)]
    falls_db = [wanted_db(k) - wanted_db(1) for k in (1, 8, 16, 32)]
    assert np.array(found_db) - found_db[0] == pytest.approx(falls_db, abs=0.5)
    assert wanted_db(16) - wanted_db(32) == pytest.approx(6 + 24, abs=2)


def test_resonance_lifts_the_harmonic_at_the_corner() -> None:
    corner = np.full(1 << 15, octaves(800.0), np.float32)
    flat, sharp = (band_db(Oscillator(100.0, RATE, q=q).sweep(corner), 750, 850) for q in (0.7, 6.0))
    assert sharp > flat + 8


@settings(max_examples=10, deadline=None)
@given(st.floats(40, 4_000), st.floats(-100, 100), st.sampled_from([44_100, RATE]))
def test_an_oscillator_is_in_tune_wherever_it_is_detuned(hz: float, cents: float, rate: int) -> None:
    wave = Oscillator(hz, rate).sweep(OPEN, cents)
    assert abs(cents_off(wave, hz * 2 ** (cents / 1200), rate)) < 3


def test_detuning_may_move_and_the_phase_may_start_anywhere() -> None:
    saw = Oscillator(100.0, RATE)
    assert np.abs(saw.sweep(OPEN, np.zeros(len(OPEN), np.float32)) - saw.sweep(OPEN)).max() < 1e-3
    half = saw.sweep(OPEN, 0.0, 0.5)
    assert np.abs(half[:-240] - saw.sweep(OPEN)[240:]).max() < 1e-3


def test_corners_are_octaves_above_60_hz_and_not_below() -> None:
    assert octaves(LOWEST_HZ) == 0.0
    assert octaves(240.0) == 2.0
    assert octaves(1.0) == octaves(0.0) == 0.0


def test_vibrato_sets_in_after_its_delay_and_has_its_depth() -> None:
    curve = vibrato(stroke(seconds=2.0), depth_cents=12.0, speed_hz=5.0, delay_s=0.5)
    assert not curve[: RATE // 2].any()
    assert np.abs(curve[RATE:]).max() == pytest.approx(12.0, rel=0.001)
    assert np.count_nonzero((curve[RATE:-1] < 0) & (curve[RATE + 1 :] >= 0)) == 5


def test_a_glide_comes_from_the_pitch_before() -> None:
    tied = Stroke(69, 440.0, 0.7, 0, RATE, RATE, from_hz=220.0)
    curve = glide(tied, 0.1)
    assert curve[0] == pytest.approx(-1200.0)
    assert curve[round(0.1 * RATE)] == pytest.approx(-1200.0 * np.exp(-4), rel=1e-3)
    assert abs(curve[-1]) < 1e-3
    assert not glide(stroke(), 0.1).any()
