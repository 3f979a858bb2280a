"""Drums with a skin, and their neighbours."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from scipy.special import jn_zeros

from engine.sketch.synth.skins import MEMBRANE, clap, cowbell, kick, side_stick, snare, tom
from engine.sketch.synth.voice import Sound, Stroke
from tests.helpers.voice_ears import RATE, band_db, centroid, check_recipe, level_db, peak_hz, stroke

KICK = partial(kick, low_hz=50.0, sweep_hz=150.0, sweep_s=0.02, ring_s=0.5, click=1.0, drive=1.5)
SNARE = partial(snare, head_hz=190.0, head_s=0.2, wire_s=0.25, wire=1.0, low_hz=1_500.0, high_hz=9_000.0)
RECIPES: dict[str, Callable[[Stroke], Sound]] = {
    "kick": KICK,
    "snare": SNARE,
    "tom": partial(tom, hz=120.0, ring_s=0.6, click=0.3),
    "side stick": partial(side_stick, hz=600.0),
    "clap": partial(clap, low_hz=900.0, high_hz=3_800.0, tail_s=0.2),
}


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_a_recipe_is_one_channel_that_varies_by_round_robin(recipe: Callable[[Stroke], Sound]) -> None:
    check_recipe(recipe)


def test_the_cowbell_is_the_same_in_every_round_robin() -> None:
    check_recipe(partial(cowbell, low_hz=560.0, high_hz=830.0), is_random=False)


@pytest.mark.parametrize("name", ["kick", "snare", "tom", "clap"])
def test_harder_is_brighter(name: str) -> None:
    soft, hard = (centroid(RECIPES[name](stroke(force=force, seconds=0.5))) for force in (0.1, 1.0))
    assert hard > 1.03 * soft


def test_the_modes_of_a_membrane_are_zeros_of_bessel_functions() -> None:
    # (0,1), (1,1), (2,1), (3,1): the first zeros of J0 … J3.
    zeros = [float(jn_zeros(order, 1)[0]) for order in range(4)]
    assert [zero / zeros[0] for zero in zeros] == pytest.approx(MEMBRANE, abs=1e-3)


def test_a_kick_falls_to_its_pitch() -> None:
    wave = KICK(stroke(force=1.0, seconds=0.6))
    assert peak_hz(wave[:1_000], 30, 500) > 70
    assert peak_hz(wave[9_600:], 20, 200) == pytest.approx(50.0, rel=0.03)


def test_drive_flattens_a_kick() -> None:
    clean, driven = (KICK(stroke(seconds=0.5), drive=drive) for drive in (0.5, 4.0))
    crest = [float(np.abs(wave).max() / np.sqrt(np.square(wave).mean())) for wave in (clean, driven)]
    assert crest[0] > 1.3 * crest[1]
    assert np.abs(driven).max() <= 1.0


def test_a_snare_is_a_head_with_wires() -> None:
    bare, wired = (SNARE(stroke(seconds=0.4), wire=wire) for wire in (0.0, 1.0))
    assert peak_hz(bare[2_400:], 100, 1_000) == pytest.approx(190.0, rel=0.04)
    assert peak_hz(bare[1_200:], 300, 450) == pytest.approx(1.82 * 190.0, rel=0.04)
    assert band_db(wired, 1_500, 9_000) > band_db(bare, 1_500, 9_000) + 15


@pytest.mark.parametrize("hz", [90.0, 200.0])
def test_a_tom_is_tuned_and_its_upper_modes_die_first(hz: float) -> None:
    wave = tom(stroke(force=1.0, seconds=1.0), hz, 1.0, 0.0)
    late = wave[RATE // 3 :]
    assert peak_hz(late, 40, 1_000) == pytest.approx(hz, rel=0.04)
    upper = (1.4 * hz, 4 * hz)
    assert band_db(wave[: RATE // 10], *upper) > band_db(late, *upper) + 6


def test_a_side_stick_is_short_and_wooden() -> None:
    wave = side_stick(stroke(seconds=0.15), 600.0)
    assert peak_hz(wave, 400, 1_000) == pytest.approx(600.0, rel=0.01)
    assert peak_hz(wave, 1_200, 2_000) == pytest.approx(2.55 * 600.0, rel=0.01)
    assert level_db(wave, 0.1, 0.02) < level_db(wave, 0.0, 0.02) - 35


def test_a_clap_has_four_hands_within_40_ms_and_a_room() -> None:
    wave = np.abs(clap(stroke(force=1.0, seconds=0.4), 900.0, 3_800.0, 0.3))
    smooth = np.convolve(wave, np.ones(96) / 96, "same")
    onsets = [i for i in range(48, 2_100, 24) if smooth[i + 48] > 1.8 * smooth[max(0, i - 96) : i].min()]
    groups = 1 + sum(b - a > 200 for a, b in pairwise(onsets))
    assert groups == 4
    dry = clap(stroke(force=1.0, seconds=0.4), 900.0, 3_800.0, 0.05)
    assert level_db(wave, 0.12, 0.03) > level_db(dry, 0.12, 0.03) + 15


def test_a_cowbell_is_odd_harmonics_of_two_tones() -> None:
    wave = cowbell(stroke(seconds=0.5), 560.0, 830.0)
    for hz in (560.0, 830.0):
        assert peak_hz(wave, 0.9 * hz, 1.1 * hz) == pytest.approx(hz, rel=0.005)
        assert band_db(wave, 2.95 * hz, 3.05 * hz) > -25
    assert band_db(wave, 1_100, 1_140) < -40
    # At a low rate the harmonics that would alias are left out.
    low = cowbell(stroke(seconds=0.5, rate=8_000), 560.0, 830.0)
    assert np.isfinite(low).all()
