"""Struck bars, tongues and bells."""

import numpy as np
import pytest

from engine.sketch.synth import mallets
from engine.sketch.synth.mallets import BELL, MARIMBA, VIBES, StruckBar, strike
from tests.helpers import voice_ears
from tests.helpers.voice_ears import hertz, level_db, peak_hz, stroke

NAMES = [voice.name for voice in mallets.VOICES]


@pytest.mark.parametrize("name", NAMES)
def test_a_bar_is_in_tune_dies_away_and_does_not_alias(name: str) -> None:
    voice_ears.check_is_in_tune(name, 60)
    voice_ears.check_dies(name, 60)
    voice_ears.check_does_not_alias(name, 88)


@pytest.mark.parametrize("name", ["bell", "marimba"])
def test_force_is_brightness(name: str) -> None:
    voice_ears.check_opens(name, 60)


def test_the_vibraphone_is_played_in_tune_and_much_brighter_harder() -> None:
    voice_ears.check_is_played_in_tune("vibes", 52, 64, 77)
    voice_ears.check_opens_widely("vibes")


@pytest.mark.parametrize(("bar", "ratio"), [(VIBES, 3.984), (MARIMBA, 3.93), (BELL, 2.76)])
def test_the_second_mode_lies_where_the_bars_shape_puts_it(bar: StruckBar, ratio: float) -> None:
    wave = strike(stroke(60, 1.0, 0.5), bar)[0]
    assert peak_hz(wave, 1.5 * hertz(60), 5 * hertz(60)) == pytest.approx(ratio * hertz(60), rel=0.01)


def test_a_fundamental_falls_by_60_db_in_its_time_at_350_hz_and_sooner_above() -> None:
    bar = StruckBar(((1.0, 1.0, 1.0),), t60_s=1.0, mallet=0.0)
    key = 65  # 349.2 Hz
    wave = strike(stroke(key, 0.7, 1.2), bar)[0]
    assert level_db(wave, 0.2) - level_db(wave, 0.7) == pytest.approx(30.0, abs=0.5)
    octaves_up = strike(stroke(key + 24, 0.7, 1.2), bar)[0]  # four times the frequency: half the time
    assert level_db(octaves_up, 0.1) - level_db(octaves_up, 0.35) == pytest.approx(30.0, abs=0.5)


def test_upper_modes_die_sooner_by_their_factor() -> None:
    bar = StruckBar(((2.0, 1.0, 4.0),), t60_s=1.0, mallet=0.0)
    wave = strike(stroke(65, 1.0, 0.5), bar)[0]
    assert level_db(wave, 0.05, 0.02) - level_db(wave, 0.175, 0.02) == pytest.approx(30.0, abs=1.0)


def test_the_motor_of_a_vibraphone_sways_the_loudness_and_the_sides() -> None:
    still = StruckBar(((1.0, 1.0, 1.0),), 30.0, mallet=0.0)
    moving = StruckBar(((1.0, 1.0, 1.0),), 30.0, mallet=0.0, motor_hz=4.0)
    wave, side = strike(stroke(69, 0.7, 1.0), moving)
    tops, bottoms = (np.mean([level_db(wave, at + lap, 0.02) for lap in (0.25, 0.5)]) for at in (-0.01, 0.115))
    assert tops - bottoms == pytest.approx(-20 * np.log10(1 - 0.28), abs=0.5)
    assert level_db(side, 0.05, 0.02) > level_db(side, 0.24, 0.02) + 12
    assert not strike(stroke(69, 0.7, 0.5), still)[1].any()


def test_two_almost_equal_modes_beat() -> None:
    bar = StruckBar(((1.0, 1.0, 1.0),), 30.0, mallet=0.0, beat_cents=20.0)
    wave, side = strike(stroke(69, 0.7, 0.5), bar)
    # 20 cents at 440 Hz are 5.08 Hz: silent in the middle after half a beat, when the side is loudest.
    assert level_db(wave, 0.088, 0.02) < level_db(wave, 0.0, 0.02) - 15
    assert level_db(side, 0.088, 0.02) > level_db(side, 0.005, 0.01) + 10
