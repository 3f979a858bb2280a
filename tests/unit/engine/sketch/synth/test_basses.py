"""String basses."""

from dataclasses import replace

import numpy as np
import pytest

from engine.sketch.synth import basses
from engine.sketch.synth.basses import FINGER, SLAP, UPRIGHT, play
from tests.helpers import voice_ears
from tests.helpers.voice_ears import band_db, stroke

NAMES = [voice.name for voice in basses.VOICES]
# No aliasing test here: a finger's noise cannot be told from aliasing.


@pytest.mark.parametrize("name", NAMES)
def test_an_instrument_is_in_tune_finite_and_the_same_again(name: str) -> None:
    voice_ears.check_is_in_tune(name, 33)


def test_the_fingered_bass_is_played_in_tune() -> None:
    voice_ears.check_is_played_in_tune("bass_finger", 28, 43)


@pytest.mark.parametrize("name", ["bass_upright", "bass_slap", "bass_pick"])
def test_a_plucked_bass_dies_away_and_force_is_brightness(name: str) -> None:
    voice_ears.check_dies(name, 33)
    voice_ears.check_opens(name, 33)


def test_the_fingered_bass_is_much_brighter_played_harder() -> None:
    voice_ears.check_opens_widely("bass_finger")


def test_the_string_hits_the_frets_above_the_force_of_a_slap() -> None:
    never = replace(SLAP, slap=2.0)
    for force, rattles in ((0.2, False), (0.45, False), (0.46, True), (1.0, True)):
        slapped, plucked = (play(stroke(33, force), bass) for bass in (SLAP, never))
        assert np.array_equal(slapped, plucked) is not rattles


def test_the_fundamental_beside_the_string_makes_it_rounder() -> None:
    bare, full = (band_db(play(stroke(40), replace(FINGER, round=r))[0], 70, 95) for r in (0.0, 1.0))
    assert full > bare + 1


def test_the_box_of_the_upright_resonates() -> None:
    dry, wet = (play(stroke(55), replace(UPRIGHT, body_hz=hz))[0] for hz in ((), (103.0,)))
    assert band_db(wet, 95, 111) > band_db(dry, 95, 111) + 10


def test_basses_are_mono_and_in_the_middle() -> None:
    assert all(voice.mono and voice.diffuse == 0.0 for voice in basses.VOICES)
    assert play(stroke(33), FINGER).shape == (1, 12_000)
