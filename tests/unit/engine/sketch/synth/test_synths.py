"""Synthesizer stabs, plucks, supersaw and leads."""

import numpy as np
import pytest

from engine.sketch.synth import synths
from engine.sketch.synth.synths import lead_saw, lead_sine, lead_square, pluck, stab, supersaw
from tests.helpers import voice_ears
from tests.helpers.voice_ears import RATE, band_db, cents_off, hertz, off_harmonics_db, stroke, tone

NAMES = [voice.name for voice in synths.VOICES]


@pytest.mark.parametrize("name", NAMES)
def test_a_synth_is_in_tune_and_does_not_alias(name: str) -> None:
    voice_ears.check_is_in_tune(name, 60)
    voice_ears.check_does_not_alias(name, 88)


@pytest.mark.parametrize("name", ["stab", "lead_saw", "lead_square"])
def test_a_synth_is_played_in_tune(name: str) -> None:
    voice_ears.check_is_played_in_tune(name, 52, 64, 77)


@pytest.mark.parametrize("name", ["stab", "lead_saw"])
def test_harder_is_much_brighter(name: str) -> None:
    voice_ears.check_opens_widely(name)


def test_a_pluck_dies_away_and_the_others_hold() -> None:
    voice_ears.check_dies("pluck", 60)
    voice_ears.check_holds("supersaw", 60)
    voice_ears.check_holds("lead_sine", 60)
    voice_ears.check_opens("pluck", 60)
    voice_ears.check_opens("supersaw", 60)


def test_a_tied_sine_lead_glides_and_a_struck_one_scoops() -> None:
    voice_ears.check_glides("lead_sine", 60)
    wave = lead_sine(stroke(81, seconds=1.0))[0]
    early, later = cents_off(wave[:2_400], 880.0), cents_off(wave[4_800:12_000], 880.0)
    assert -30 < early < later - 3
    assert abs(later) < 6


@pytest.mark.parametrize("name", ["lead_saw", "lead_square", "stab"])
@pytest.mark.parametrize("key", [88, 99])
def test_high_notes_have_nothing_between_their_harmonics(name: str, key: int) -> None:
    hz = hertz(key)
    # Past the attack: the opening filter is no aliasing. The oscillators stay within 60 cents.
    wave = voice_ears.find_voice(name).sound(stroke(key, 1.0, (1 << 16) / RATE))[0]
    assert off_harmonics_db(wave[16_384:], hz, width_hz=60 / 1731 * hz) < -60


@pytest.mark.parametrize("name", ["supersaw", "pluck"])
def test_detuned_saws_stay_within_thirty_cents(name: str) -> None:
    hz = hertz(88)
    wave = tone(name, 88, 1.0, 1.4)[12_000:]
    power = np.abs(np.fft.rfft(wave * np.blackman(len(wave)))) ** 2
    grid = np.fft.rfftfreq(len(wave), 1 / RATE)
    number = np.maximum(1, np.rint(grid / hz))
    away = (np.abs(grid - number * hz) > 0.02 * hz * number) & (grid > 30) & (number < 9)
    assert 10 * np.log10(power[away].sum() / power.sum()) < -60


def test_seven_saws_are_seven_lines() -> None:
    wave = supersaw(stroke(69, 0.7, 12.0))[0]
    power = np.abs(np.fft.rfft(wave * np.blackman(len(wave))))
    grid = np.fft.rfftfreq(len(wave), 1 / RATE)
    # The fifth harmonic: neighbours 5 cents apart lie 6.4 Hz apart.
    for cents in (0, -5, 5, -12, 12, -19, 19):
        at = 5 * 440 * 2 ** (cents / 1200)
        near, around = np.abs(grid - at) < 0.5, np.abs(grid - at) < 2.5
        assert power[near].max() == power[around].max(), cents


def test_the_sides_of_stereo_synths_are_their_detuned_oscillators() -> None:
    for recipe in (lead_saw, lead_square, stab, supersaw, pluck):
        middle, side = recipe(stroke(seconds=0.5))
        assert np.abs(side).max() > 0.05 * np.abs(middle).max()
    assert lead_sine(stroke()).shape == (1, 12_000)


def test_a_square_has_hardly_any_even_harmonics_and_a_saw_has() -> None:
    edges = (1.9 * hertz(48), 2.1 * hertz(48))
    square, saw = (recipe(stroke(48, 0.9, 0.5))[0] for recipe in (lead_square, lead_saw))
    assert band_db(saw, *edges) > band_db(square, *edges) + 6


def test_the_filter_of_a_pluck_shuts_at_once() -> None:
    wave = pluck(stroke(60, 0.9, 0.6))[0]
    assert band_db(wave[:2_400], 1_500, 20_000) > band_db(wave[14_400:24_000], 1_500, 20_000) + 12
