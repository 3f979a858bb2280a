"""Ensembles and pads."""

from dataclasses import replace

import numpy as np
import pytest

from engine.sketch.synth import pads
from engine.sketch.synth.pads import CHOIR, STRINGS, WARM, Ensemble, pizzicato, swell, table
from tests.helpers import voice_ears
from tests.helpers.voice_ears import RATE, band_db, hertz, level_db, stroke

NAMES = [voice.name for voice in pads.VOICES]
PLAIN = Ensemble(1.0, 5_000.0, 0.0, spread=0.0005)


@pytest.mark.parametrize("name", NAMES)
def test_a_pad_is_in_tune_and_does_not_alias(name: str) -> None:
    voice_ears.check_is_in_tune(name, 33 if name == "strings_low" else 60)
    voice_ears.check_does_not_alias(name, 43 if name == "strings_low" else 88)


def test_the_warm_pad_is_played_in_tune() -> None:
    voice_ears.check_is_played_in_tune("pad_warm", 52, 64, 77)


@pytest.mark.parametrize(("name", "key"), [("strings", 60), ("choir", 60), ("strings_low", 33)])
def test_what_is_bowed_or_sung_holds(name: str, key: int) -> None:
    voice_ears.check_holds(name, key)


def test_pizzicato_dies_away_and_bowed_strings_open_with_force() -> None:
    voice_ears.check_dies("strings_pizz", 60)
    voice_ears.check_opens("strings", 60)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_a_table_is_a_loop_of_a_power_of_two_of_about_two_seconds(rate: int) -> None:
    loop = table(stroke(rate=rate), WARM)
    assert loop.shape[0] == 2
    assert loop.shape[1].bit_count() == 1
    assert 2.2 <= loop.shape[1] / rate < 4.4
    # No jump from the last frame to the first that is larger than those inside.
    assert abs(loop[0, 0] - loop[0, -1]) <= np.abs(np.diff(loop[0])).max()


def test_middle_and_side_share_a_spectrum_and_not_a_wave() -> None:
    middle, side = table(stroke(), PLAIN)
    assert abs(np.corrcoef(middle, side)[0, 1]) < 0.2
    assert np.square(middle).sum() == pytest.approx(np.square(side).sum(), rel=0.01)


def test_harmonics_fall_by_the_tilt() -> None:
    wave = table(stroke(48), PLAIN)[0]
    power = np.abs(np.fft.rfft(wave)) ** 2  # without a window: the table is a loop
    hz = np.fft.rfftfreq(len(wave), 1 / RATE)
    levels = [10 * np.log10(power[np.abs(hz - k * hertz(48)) < 0.4 * hertz(48)].sum()) for k in (1, 2, 4)]
    assert levels[0] - levels[1] == pytest.approx(6.0, abs=0.7)
    assert levels[0] - levels[2] == pytest.approx(12.0, abs=0.7)


def test_even_harmonics_can_be_softer() -> None:
    def second_db(even: float) -> float:
        wave = table(stroke(48), replace(PLAIN, even=even))[0]
        return band_db(wave, 1.6 * hertz(48), 2.4 * hertz(48)) - band_db(wave, 0.6 * hertz(48), 1.4 * hertz(48))

    assert second_db(1.0) - second_db(0.5) == pytest.approx(6.0, abs=0.1)


def test_formants_do_not_move_with_the_key() -> None:
    for key in (45, 52):
        sung, flat = (table(stroke(key), ensemble)[0] for ensemble in (CHOIR, replace(CHOIR, formants=())))
        near, far = ((650.0, 870.0), (1_700.0, 2_100.0))
        lift = [band_db(sung, *edges) - band_db(flat, *edges) for edges in (near, far)]
        assert lift[0] > lift[1] + 4


def test_an_ensemble_swells_sooner_the_harder_it_is_played() -> None:
    soft, hard = (swell(stroke(force=force, seconds=1.0), STRINGS)[0] for force in (0.0, 1.0))
    assert level_db(hard, 0.03, 0.03) > level_db(soft, 0.03, 0.03) + 6
    assert swell(stroke(seconds=6.0), WARM).shape == (2, 6 * RATE)


def test_a_pizzicato_has_the_thud_and_no_bow() -> None:
    wave = pizzicato(stroke(seconds=1.0))
    assert wave.shape == (2, RATE)
    assert level_db(wave[0], 0.0, 0.05) > level_db(wave[0], 0.3, 0.05) + 12
