"""Electric keyboards."""

import numpy as np
import pytest

from engine.sketch.synth import keys
from engine.sketch.synth.keys import clav, epiano, epiano_fm, wurli
from tests.helpers import voice_ears
from tests.helpers.voice_ears import band_db, hertz, stroke

NAMES = [voice.name for voice in keys.VOICES]


@pytest.mark.parametrize("name", NAMES)
def test_an_instrument_is_in_tune_finite_and_the_same_again(name: str) -> None:
    voice_ears.check_is_in_tune(name, 60)


@pytest.mark.parametrize("name", ["epiano", "clav"])
def test_a_keyboard_is_played_in_tune_and_much_brighter_harder(name: str) -> None:
    voice_ears.check_is_played_in_tune(name, 52, 64, 77)
    voice_ears.check_opens_widely(name)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_struck_dies_away(name: str) -> None:
    voice_ears.check_dies(name, 60)


@pytest.mark.parametrize("name", ["wurli", "epiano_fm"])
def test_force_is_brightness(name: str) -> None:
    voice_ears.check_opens(name, 60)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "clav"])
def test_no_instrument_aliases(name: str) -> None:
    voice_ears.check_does_not_alias(name, 88)


@pytest.mark.parametrize("key", [76, 88, 99])
def test_the_clavinets_string_sounds_only_at_its_partials(key: int) -> None:
    voice_ears.check_only_partials_sound("clav", key)


def test_the_tine_rings_fourteen_times_above_the_note() -> None:
    def harmonic_db(force: float, number: int) -> float:
        wave = epiano_fm(stroke(60, force, 1.0))[0]
        return band_db(wave, (number - 0.5) * hertz(60), (number + 0.5) * hertz(60))

    # Modulation at 14 times the frequency has its sidebands at the 13th and the 15th harmonic.
    for number in (13, 15):
        assert harmonic_db(1.0, number) > -50
        assert harmonic_db(1.0, number) > harmonic_db(0.05, number) + 10
    assert harmonic_db(1.0, 8) < -100 > harmonic_db(1.0, 14)
    assert band_db(epiano(stroke(60, 1.0, 1.0))[0], 12.5 * hertz(60), 15.5 * hertz(60)) > -50


def test_a_hard_reed_barks_with_its_third_harmonic() -> None:
    at = 3 * hertz(60)
    soft, hard = (band_db(wurli(stroke(60, force, 0.5))[0], at - 30, at + 30) for force in (0.05, 1.0))
    assert hard > soft + 6


def test_only_the_fm_piano_is_stereo() -> None:
    shapes = [recipe(stroke()).shape for recipe in (epiano, clav, wurli, epiano_fm)]
    assert shapes == [(1, 12_000), (1, 12_000), (1, 12_000), (2, 12_000)]
    side = epiano_fm(stroke(seconds=1.0))[1]
    assert np.abs(side).max() > 0.05


def test_low_notes_ring_longer_than_high_ones() -> None:
    def fall_db(key: int) -> float:
        wave = epiano(stroke(key, 0.5, 1.5))[0]
        return voice_ears.level_db(wave, 0.1) - voice_ears.level_db(wave, 1.3)

    assert fall_db(84) > fall_db(60) > fall_db(36)
