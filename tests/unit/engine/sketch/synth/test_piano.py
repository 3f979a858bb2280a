"""Pianos."""

from dataclasses import replace

import numpy as np
import pytest

from engine.sketch.synth import piano
from engine.sketch.synth.piano import GRAND, UPRIGHT, strike
from tests.helpers import voice_ears
from tests.helpers.voice_ears import centroid, hertz, level_db, peak_hz, stroke

NAMES = [voice.name for voice in piano.VOICES]


@pytest.mark.parametrize("name", NAMES)
def test_a_piano_is_in_tune_dies_away_opens_and_does_not_alias(name: str) -> None:
    voice_ears.check_is_in_tune(name, 60)
    voice_ears.check_dies(name, 60)
    voice_ears.check_opens(name, 60)
    voice_ears.check_does_not_alias(name, 88)


@pytest.mark.parametrize("number", [2, 5, 10])
def test_partials_are_stretched_as_those_of_a_stiff_string(number: int) -> None:
    # k·f·sqrt((1 + B·k²) / (1 + B)) with B = 2.2e-4 at middle C.
    wanted = number * hertz(60) * np.sqrt((1 + 2.2e-4 * number**2) / (1 + 2.2e-4))
    wave = strike(stroke(60, 0.9, 1.5), replace(GRAND, detune_cents=0.0, knock=0.0))[0]
    found = peak_hz(wave, (number - 0.4) * hertz(60), (number + 0.4) * hertz(60))
    assert 1200 * np.log2(found / wanted) == pytest.approx(0.0, abs=2.5)


def test_the_lowest_partial_of_a_bass_note_is_weak() -> None:
    wave = strike(stroke(24, 0.7, 1.5), GRAND)[0]
    assert peak_hz(wave, 20, 1_000) > 1.9 * hertz(24)


def test_low_strings_ring_longer_than_high_ones() -> None:
    falls_db = []
    for key in (40, 60, 80):
        wave = strike(stroke(key, 0.7, 2.0), GRAND)[0]
        falls_db.append(level_db(wave, 0.2) - level_db(wave, 1.8))
    assert falls_db == sorted(falls_db)
    assert falls_db[2] > falls_db[0] + 5


def test_the_decay_has_two_stages() -> None:
    wave = strike(stroke(60, 0.7, 5.0), replace(GRAND, knock=0.0))[0]
    early, late = (level_db(wave, at) - level_db(wave, at + 1.0) for at in (0.1, 3.5))
    assert early > 1.3 * late


def test_an_upright_is_duller_and_more_out_of_tune_than_a_grand() -> None:
    grand, upright = (strike(stroke(60, 0.8, 1.0), build) for build in (GRAND, UPRIGHT))
    assert centroid(upright[0]) < centroid(grand[0])
    assert np.square(upright[1]).sum() / np.square(upright[0]).sum() > 1.5 * (
        np.square(grand[1]).sum() / np.square(grand[0]).sum()
    )


def test_both_channels_start_without_a_click_and_end_in_silence() -> None:
    wave = strike(stroke(60, 1.0, 0.3), GRAND)
    assert wave.shape == (2, 14_400)
    assert np.abs(wave[:, 0]).max() < 0.02 * np.abs(wave).max()
    assert not wave[:, -1].any()
