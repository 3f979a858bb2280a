"""Organs and an accordion."""

import numpy as np
import pytest

from engine.sketch.synth import organs
from engine.sketch.synth.organs import BASS, DRAWBAR_RATIOS, SOUL, Registration, accordion, organ
from tests.helpers import voice_ears
from tests.helpers.voice_ears import band_db, hertz, level_db, peak_hz, stroke

NAMES = [voice.name for voice in organs.VOICES]


def key_of(name: str) -> int:
    return 33 if name == "bass_organ" else 60


@pytest.mark.parametrize("name", NAMES)
def test_an_organ_is_in_tune_holds_and_does_not_alias(name: str) -> None:
    voice_ears.check_is_in_tune(name, key_of(name))
    voice_ears.check_holds(name, key_of(name))
    voice_ears.check_does_not_alias(name, 43 if name == "bass_organ" else 88)


def test_the_accordion_opens_with_force_and_has_no_sound_between_its_harmonics() -> None:
    voice_ears.check_opens("accordion", 60)
    wave = voice_ears.tone("accordion", 88, 1.0, 1.4)[12_000:]
    hz = hertz(88)
    power = np.abs(np.fft.rfft(wave * np.blackman(len(wave)))) ** 2
    grid = np.fft.rfftfreq(len(wave), 1 / voice_ears.RATE)
    number = np.maximum(1, np.rint(grid / hz))
    away = (np.abs(grid - number * hz) > 0.02 * hz * number) & (grid > 30) & (number < 9)
    assert 10 * np.log10(power[away].sum() / power.sum()) < -60


@pytest.mark.parametrize("number", range(9))
def test_each_drawbar_is_a_sine_at_its_ratio(number: int) -> None:
    bars = "".join("8" if number == index else "0" for index in range(9))
    wave = organ(stroke(60, seconds=1.0), Registration(bars, 0.0, 0.0, 0.0))[0]
    assert peak_hz(wave) == pytest.approx(hertz(60) * DRAWBAR_RATIOS[number], abs=1.0)
    assert band_db(wave, 0.95 * hertz(60) * DRAWBAR_RATIOS[number], 1.05 * hertz(60) * DRAWBAR_RATIOS[number]) > -0.1


def test_each_step_of_a_drawbar_is_3_db() -> None:
    wave = organ(stroke(60, seconds=2.0), Registration("008600000", 0.0, 0.0, 0.0))[0]
    first, second = (band_db(wave, 0.9 * ratio * hertz(60), 1.1 * ratio * hertz(60)) for ratio in (1, 2))
    assert first - second == pytest.approx(6.0, abs=0.1)


def test_pitches_above_the_highest_wheel_sound_an_octave_lower() -> None:
    top = organ(stroke(91, seconds=1.0), Registration("000000008", 0.0, 0.0, 0.0))[0]
    assert peak_hz(top) == pytest.approx(4 * hertz(91), rel=0.002)


def test_percussion_is_struck_and_dies_and_the_rest_stays() -> None:
    struck, plain = (organ(stroke(60, seconds=1.0), Registration("008000000", 0.0, p, 0.0))[0] for p in (1.0, 0.0))
    octave_hz = (1.9 * hertz(60), 2.1 * hertz(60))
    assert band_db(struck[:9_600], *octave_hz) > -13
    assert band_db(struck[38_400:], *octave_hz) < -40
    assert band_db(plain[:9_600], *octave_hz) < -40


def test_the_rotor_turns_the_sides_and_a_still_one_has_none() -> None:
    assert organ(stroke(), BASS).shape == (1, 12_000)
    middle, side = organ(stroke(seconds=1.0), SOUL)
    assert middle.shape == side.shape == (48_000,)
    levels = [level_db(side, at, 0.01) for at in np.arange(0.1, 0.9, 0.01)]
    assert max(levels) - min(levels) > 15


def test_force_does_not_change_an_organ() -> None:
    soft, hard = (organ(stroke(force=force), SOUL) for force in (0.1, 1.0))
    assert np.array_equal(soft, hard)
    assert all(voice.velocity_layers == 1 for voice in organs.VOICES if voice.name != "accordion")


def test_the_reeds_of_the_accordion_are_tuned_apart() -> None:
    middle, side = accordion(stroke(69, 0.7, 2.0))
    assert np.abs(side).max() > 0.05 * np.abs(middle).max()
    assert band_db(middle, 440 * 2 ** (7 / 1200), 440 * 2 ** (11 / 1200)) > -25
