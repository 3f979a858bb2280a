"""Drums played by hand."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from engine.sketch.synth.hands import big_drum, cajon, cuica, hand_drum, snap, timbale
from engine.sketch.synth.voice import Sound, Stroke
from tests.helpers.voice_ears import RATE, band_db, centroid, check_recipe, level_db, peak_hz, stroke

RECIPES: dict[str, Callable[[Stroke], Sound]] = {
    "conga": partial(hand_drum, hz=220.0, ring_s=0.5, slap=0.3),
    "muted conga": partial(hand_drum, hz=250.0, ring_s=0.5, slap=0.5, mute=True),
    "timbale": partial(timbale, hz=300.0, ring_s=0.5),
    "cajon": partial(cajon, low_hz=80.0, ring_s=0.25, wire=0.3),
    "snap": snap,
    "taiko": partial(big_drum, hz=60.0, ring_s=1.0, stick=0.1, stick_hz=(150.0, 1500.0)),
}


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_a_recipe_is_one_channel_that_varies_by_round_robin(recipe: Callable[[Stroke], Sound]) -> None:
    check_recipe(recipe)


def test_the_cuica_is_the_same_in_every_round_robin() -> None:
    check_recipe(partial(cuica, hz=400.0, up=0.5, ring_s=0.4), is_random=False)


@pytest.mark.parametrize("name", [name for name in RECIPES if name not in ("cajon", "taiko")])
def test_harder_is_brighter(name: str) -> None:
    soft, hard = (centroid(RECIPES[name](stroke(force=force, seconds=0.5))) for force in (0.1, 1.0))
    assert hard > 1.03 * soft


@pytest.mark.parametrize("hz", [110.0, 220.0, 330.0])
def test_a_hand_drum_is_tuned(hz: float) -> None:
    wave = hand_drum(stroke(seconds=0.8), hz=hz, ring_s=0.8, slap=0.2)
    assert peak_hz(wave) == pytest.approx(hz, rel=0.03)


def test_a_hand_left_on_the_skin_damps_it() -> None:
    open_db, muted_db = (
        level_db(w, 0.0, 0.02) - level_db(w, 0.2, 0.05)
        for w in (hand_drum(stroke(seconds=0.5), 200.0, 0.6, 0.1, mute) for mute in (False, True))
    )
    assert muted_db > open_db + 15


def test_the_metal_shell_of_a_timbale_rings() -> None:
    wave = timbale(stroke(force=1.0, seconds=0.6), hz=300.0, ring_s=0.5)
    assert peak_hz(wave, 200, 1_000) == pytest.approx(300.0, rel=0.03)
    assert peak_hz(wave[RATE // 10 :], 1_500, 2_200) == pytest.approx(1_830.0, rel=0.01)


def test_a_cajon_thumps_below_and_its_wires_sizzle_above() -> None:
    plain, wired = (cajon(stroke(seconds=0.4), 80.0, 0.3, wire) for wire in (0.0, 1.0))
    assert peak_hz(plain, 40, 1_000) == pytest.approx(80.0, rel=0.15)
    assert band_db(wired, 2_500, 9_000) > band_db(plain, 2_500, 9_000) + 10


def test_snapped_fingers_click_a_second_time_within_11_ms() -> None:
    wave = np.abs(snap(stroke(seconds=0.1)))
    before, after = (wave[round(a * RATE) : round(b * RATE)].max() for a, b in ((0.005, 0.007), (0.007, 0.014)))
    assert after > before


@pytest.mark.parametrize("up", [0.25, 1.0])
def test_the_cuica_slides_up_by_its_octaves(up: float) -> None:
    wave = cuica(stroke(seconds=1.0), hz=300.0, up=up, ring_s=1.0)
    start, end = peak_hz(wave[:2_400], 200, 800), peak_hz(wave[33_600:], 200, 800)
    assert start == pytest.approx(300.0, rel=0.1)
    assert end == pytest.approx(300.0 * 2**up, rel=0.03)


def test_the_low_modes_of_a_big_drum_outlast_its_mallet() -> None:
    wave = big_drum(stroke(force=1.0, seconds=1.5), 60.0, 1.4, 0.8, (200.0, 2_400.0))
    assert peak_hz(wave[RATE // 2 :]) == pytest.approx(60.0, rel=0.03)
    assert band_db(wave[:2_400], 300, 3_000) > band_db(wave[RATE // 2 :], 300, 3_000) + 20
