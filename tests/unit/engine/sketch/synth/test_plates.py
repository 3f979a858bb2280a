"""Metal percussion and shakers."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from engine.sketch.synth.plates import (
    MACHINE_HZ,
    bell_ride,
    cymbal,
    hat,
    machine_lines,
    plate_lines,
    shaker,
    tambourine,
)
from engine.sketch.synth.voice import Sound, Stroke
from tests.helpers.voice_ears import band_db, centroid, check_recipe, level_db, stroke

LINES = plate_lines("a test", 400.0, 12_000.0, 120)
BELL = np.array([1_500.0, 2_600.0])
RECIPES: dict[str, Callable[[Stroke], Sound]] = {
    "hat": partial(hat, lines_hz=LINES, grain=0.5, low_hz=5_000.0, high_hz=12_000.0, ring_s=0.2),
    "crash": partial(cymbal, lines_hz=LINES, grain=0.7, ring_s=1.5, wash=1.0),
    "ride": partial(bell_ride, lines_hz=LINES, bell_hz=BELL, ring_s=1.5),
    "tambourine": partial(tambourine, lines_hz=LINES),
    "shaker": shaker,
}


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_a_recipe_is_one_channel_that_varies_by_round_robin(recipe: Callable[[Stroke], Sound]) -> None:
    check_recipe(recipe)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_harder_is_brighter(recipe: Callable[[Stroke], Sound]) -> None:
    soft, hard = (centroid(recipe(stroke(force=force, seconds=0.5))) for force in (0.1, 1.0))
    assert hard > 1.03 * soft


def test_the_partials_of_a_plate_are_sorted_denser_above_and_fixed_by_its_name() -> None:
    lines = plate_lines("many", 1_000.0, 9_000.0, 2_000)
    assert (np.diff(lines) >= 0).all()
    assert lines[0] >= 1_000
    assert lines[-1] <= 9_000
    assert np.count_nonzero(lines > 5_000) > 1.2 * np.count_nonzero(lines < 5_000)
    assert np.array_equal(lines, plate_lines("many", 1_000.0, 9_000.0, 2_000))
    assert not np.array_equal(lines, plate_lines("others", 1_000.0, 9_000.0, 2_000))


def test_the_lines_of_a_machine_are_the_odd_harmonics_of_its_squares() -> None:
    lines = machine_lines()
    assert lines.shape == (180,)
    assert lines[:3] == pytest.approx([205.3, 3 * 205.3, 5 * 205.3])
    assert lines.reshape(6, 30)[:, 29] == pytest.approx(59 * MACHINE_HZ)


def test_a_hat_keeps_to_its_band_and_its_length() -> None:
    short, long = (hat(stroke(seconds=0.6), LINES, 0.5, 6_000.0, 12_000.0, ring_s) for ring_s in (0.1, 0.6))
    assert band_db(long[4_800:], 6_000, 12_000) > -1.5
    assert band_db(long[4_800:], 0, 3_000) < -30
    assert level_db(long, 0.1, 0.02) - level_db(short, 0.1, 0.02) > 35


def test_the_high_bands_of_a_cymbal_die_first() -> None:
    wave = cymbal(stroke(force=1.0, seconds=1.5), LINES, 0.7, 1.5, 1.0)
    low, high = (
        band_db(wave[:9_600], *edges) - band_db(wave[48_000:57_600], *edges)
        for edges in ((350, 1_200), (7_000, 13_000))
    )
    assert high > low + 6


def test_a_ride_is_more_stick_and_less_wash_than_a_crash() -> None:
    crash, ride = (cymbal(stroke(force=1.0, seconds=1.0), LINES, 0.7, 1.0, wash) for wash in (1.0, 0.1))
    falls = [level_db(wave, 0.0, 0.02) - level_db(wave, 0.3) for wave in (crash, ride)]
    assert falls[1] > falls[0] + 6


def test_the_bow_of_a_ride_pings_clearly() -> None:
    wave = bell_ride(stroke(force=1.0, seconds=1.0), LINES, BELL, 2.0)[9_600:]
    lines = sum(10 ** (band_db(wave, hz - 8, hz + 8) / 10) for hz in BELL)
    assert 10 * np.log10(lines) > -12


def test_jingles_clash_again_within_60_ms() -> None:
    wave = tambourine(stroke(seconds=0.3), LINES)
    assert level_db(wave, 0.06, 0.01) > level_db(wave, 0.0, 0.01) - 20
    assert level_db(wave, 0.25, 0.02) < level_db(wave, 0.06, 0.01) - 30


def test_a_shaker_rises_later_the_softer_it_is_shaken() -> None:
    soft, hard = (shaker(stroke(force=force, seconds=0.2)) for force in (0.0, 1.0))
    rises = [level_db(wave, 0.008, 0.003) - level_db(wave, 0.001, 0.003) for wave in (soft, hard)]
    assert rises[0] > rises[1] + 3
