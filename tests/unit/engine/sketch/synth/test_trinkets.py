"""Small percussion."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from engine.sketch.synth.trinkets import beads, block, jingles, rattle, scrape
from engine.sketch.synth.voice import Sound, Stroke
from tests.helpers.voice_ears import RATE, band_db, check_recipe, level_db, peak_hz, stroke

MODES = ((1.0, 1.0), (2.76, 0.5))
RECIPES: dict[str, Callable[[Stroke], Sound]] = {
    "block": partial(block, hz=800.0, ring_s=0.3, modes=MODES, tick=0.3),
    "beads": partial(beads, low_hz=3_500.0, high_hz=10_000.0, gather_s=0.015, ring_s=0.15),
    "guiro": partial(scrape, seconds=0.15, teeth=12),
    "vibraslap": rattle,
    "sleigh bells": partial(jingles, ring_s=0.3),
}


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_a_recipe_is_one_channel_that_varies_by_round_robin(recipe: Callable[[Stroke], Sound]) -> None:
    check_recipe(recipe)


def onsets(wave: np.ndarray, gap_s: float) -> list[int]:
    """Return the frames at which a sound rises out of a lower level, at least `gap_s` apart."""
    loud = np.convolve(np.abs(wave), np.ones(24) / 24, "same")
    found: list[int] = []
    for frame in range(48, len(loud) - 24, 12):
        before = loud[max(0, frame - 48) : frame].min()
        rises = loud[frame + 24] > max(2.5 * before, 0.1 * loud.max())
        if rises and (not found or frame - found[-1] > gap_s * RATE):
            found.append(frame)
    return found


def test_a_block_rings_at_its_modes_and_the_upper_ones_sooner_out() -> None:
    wave = block(stroke(force=1.0, seconds=0.5), 800.0, 0.5, MODES, tick=0.0)
    assert peak_hz(wave, 500, 1_200) == pytest.approx(800.0, rel=0.005)
    assert peak_hz(wave, 1_800, 3_000) == pytest.approx(2.76 * 800, rel=0.005)
    upper = (1_800, 3_000)
    assert band_db(wave[:4_800], *upper) > band_db(wave[14_400:], *upper) + 6
    assert level_db(wave, 0.1, 0.02) - level_db(wave, 0.3, 0.02) == pytest.approx(24.0, abs=4.0)


def test_force_brings_the_upper_modes_and_the_tick() -> None:
    soft, hard = (block(stroke(force=force), 800.0, 0.3, MODES, tick=0.5) for force in (0.0, 1.0))
    assert band_db(hard, 1_800, 9_000) > band_db(soft, 1_800, 9_000) + 6


def test_beads_gather_sooner_the_harder_they_are_thrown() -> None:
    soft, hard = (beads(stroke(force=force), 3_500.0, 10_000.0, 0.03, 0.5) for force in (0.0, 1.0))
    # After 18 ms a hard throw has arrived, a soft one gathers for another 24 ms.
    rises = [level_db(wave, 0.036, 0.006) - level_db(wave, 0.018, 0.006) for wave in (soft, hard)]
    assert rises[0] > rises[1] + 3
    assert band_db(hard, 3_000, 11_000) > -1


@pytest.mark.parametrize("teeth", [6, 12])
def test_a_guiro_has_as_many_scrapes_as_teeth_and_speeds_up(teeth: int) -> None:
    wave = scrape(stroke(seconds=0.6), seconds=0.5, teeth=teeth)
    found = onsets(wave, 0.01)
    assert abs(len(found) - teeth) <= 1
    gaps = np.diff(found)
    assert gaps[:2].mean() > gaps[-2:].mean()
    assert not wave[round(0.54 * RATE) :].any()


def test_a_guiro_that_is_cut_off_keeps_its_beginning() -> None:
    whole, cut = (scrape(stroke(seconds=seconds), 0.3, 10) for seconds in (0.4, 0.1))
    assert np.array_equal(whole[: len(cut)], cut)


def test_a_vibraslap_rattles_at_shrinking_intervals_and_fades() -> None:
    wave = rattle(stroke(seconds=0.9))
    found = onsets(wave, 0.01)
    # The first is at 0 and not found. Gaps of 34 ms shrink by 1.5 % each: 0.034·(1 − 0.985^n) / 0.015 s after n.
    for number in (1, 5, 10):
        assert found[number - 1] / RATE == pytest.approx(0.034 * (1 - 0.985**number) / 0.015, abs=0.004)
    assert level_db(wave, 0.6, 0.1) < level_db(wave, 0.0, 0.1) - 20
    assert not wave[round(0.83 * RATE) :].any()


def test_jingles_ring_above_3_khz_as_long_as_asked() -> None:
    short, long = (jingles(stroke(seconds=0.6), ring_s) for ring_s in (0.1, 0.6))
    assert band_db(long, 3_000, 12_000) > -1
    assert level_db(long, 0.3, 0.05) > level_db(short, 0.3, 0.05) + 20
