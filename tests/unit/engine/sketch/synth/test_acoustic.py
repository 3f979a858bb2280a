"""Plucked strings without distortion."""

import numpy as np
import pytest

from engine.sketch.synth import acoustic
from engine.sketch.synth.acoustic import BANJO, HARPSICHORD, NYLON, PickedString, pick, steel_bar
from tests.helpers import voice_ears
from tests.helpers.voice_ears import band_db, cents_off, hertz, stroke

NAMES = [voice.name for voice in acoustic.VOICES]
BARE_STRINGS = ["guitar_acoustic", "guitar_clean", "guitar_funk", "guitar_steel"]
BODIES = ["harpsichord", "guitar_nylon", "banjo"]
"""Strings on a body that makes a noise of its own: no measure can tell that from aliasing."""


@pytest.mark.parametrize("name", NAMES)
def test_an_instrument_is_in_tune_finite_and_the_same_again(name: str) -> None:
    voice_ears.check_is_in_tune(name, 60)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "guitar_steel"])
def test_a_plucked_string_dies_away(name: str) -> None:
    voice_ears.check_dies(name, 60)


@pytest.mark.parametrize("name", ["guitar_nylon", "guitar_acoustic", "guitar_clean", "banjo", "harp"])
def test_force_is_brightness(name: str) -> None:
    voice_ears.check_opens(name, 60)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in (*BARE_STRINGS, *BODIES)])
def test_no_instrument_aliases(name: str) -> None:
    voice_ears.check_does_not_alias(name, 88)


@pytest.mark.parametrize("name", BARE_STRINGS)
@pytest.mark.parametrize("key", [76, 88, 99])
def test_no_string_sounds_between_its_partials(name: str, key: int) -> None:
    voice_ears.check_only_partials_sound(name, key)


def test_one_course_is_one_channel_and_two_courses_have_a_side() -> None:
    assert pick(stroke(), NYLON).shape == (1, 12_000)
    two = pick(stroke(), HARPSICHORD)
    assert two.shape == (2, 12_000)
    assert np.abs(two[1]).max() > 0.01


def test_the_second_course_sounds_at_its_own_pitch() -> None:
    above_hz = hertz(60) * 2 ** (60 / 1200)
    plain, double = (
        band_db(pick(stroke(seconds=2.0), PickedString(HARPSICHORD.string, cents))[0], above_hz - 3, above_hz + 3)
        for cents in ((), (60.0,))
    )
    assert plain < -40
    assert double > -20


def test_the_body_knocks_at_its_resonances() -> None:
    bare = PickedString(BANJO.string, click=0.0)
    knocking = PickedString(BANJO.string, thump=0.5, thump_hz=(285.0,), click=0.0)
    # Two octaves above the resonance, so that no partial of the string lies near it.
    dry, wet = (band_db(pick(stroke(86), picked)[0], 250.0, 320.0) for picked in (bare, knocking))
    assert dry < -40
    assert wet > -20


def test_the_pedal_steel_slides_up_into_the_note() -> None:
    wave = steel_bar(stroke(81, 0.0, 1.5))[0]
    assert wave.shape == (72_000,)
    assert -20 < cents_off(wave[:4_800], 880.0) < -5
    assert abs(cents_off(wave[12_000:], 880.0)) < 3


def test_round_robins_differ_in_their_pluck() -> None:
    first, second = (pick(stroke(round_robin=number), NYLON) for number in (0, 1))
    assert not np.array_equal(first, second)
    assert all(voice.round_robins == 2 for voice in acoustic.VOICES)
