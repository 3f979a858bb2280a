"""Drum machine kits."""

import numpy as np
import pytest

from engine.sketch.synth import find_voice, kit_electric
from engine.sketch.synth.kit_sets import BOX
from tests.helpers.voice_ears import centroid, level_db, peak_hz, strike

KITS = ["kit_electronic", "kit_808", "kit_909", "kit_606"]
TOMS = (41, 43, 45, 47, 48, 50)


def test_these_are_all_electric_kits() -> None:
    kits = [kit_electric.ELECTRONIC, kit_electric.KIT_808, kit_electric.KIT_909, kit_electric.KIT_606]
    assert [find_voice(name).pieces for name in KITS] == kits


@pytest.mark.parametrize("kit", KITS)
def test_low_drums_are_low_and_metal_is_high(kit: str) -> None:
    kick, snare, hat = (centroid(strike(kit, key)) for key in (36, 38, 42))
    assert kick < 250 < 350 < snare < hat
    assert hat > 4000
    toms = [centroid(strike(kit, key)) for key in TOMS]
    assert toms == sorted(toms)


@pytest.mark.parametrize("kit", KITS)
@pytest.mark.parametrize("key", [38, 42, 46, 49, 54])
def test_harder_is_brighter(kit: str, key: int) -> None:
    assert centroid(strike(kit, key, 0.95)) > 1.03 * centroid(strike(kit, key, 0.1))


def test_the_808_kick_is_the_longest_and_the_lowest() -> None:
    rings = {name: find_voice(name).pieces[36].ring_s for name in KITS}
    assert max(rings, key=lambda name: rings[name]) == "kit_808"
    assert peak_hz(strike("kit_808", 36)[9_600:], 20, 200) == pytest.approx(46.0, rel=0.06)


def test_the_909s_hat_is_noise_and_the_808s_is_lines() -> None:
    def flatness(kit: str) -> float:
        """Return the geometric over the arithmetic mean of the spectrum: near 0.56 for noise, less for lines."""
        wave = strike(kit, 46)[:16_384]
        power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))[2_800:4_000]) ** 2
        return float(np.exp(np.log(power).mean()) / power.mean())

    assert flatness("kit_909") > 2 * flatness("kit_808")


@pytest.mark.parametrize("kit", KITS)
def test_a_closed_hat_is_shorter_than_an_open_one(kit: str) -> None:
    shut, opened = (strike(kit, key) for key in (42, 46))
    assert len(shut) < len(opened)
    assert level_db(shut, 0.05, 0.02) < level_db(opened, 0.05, 0.02) - 6


def test_machines_keep_the_percussion_beside_them_but_for_their_own() -> None:
    own = {key for key in BOX if kit_electric.KIT_808[key] is not BOX[key]}
    assert own == {56, 62, 63, 64, 75}
    assert {key for key in BOX if kit_electric.KIT_606[key] is not BOX[key]} == set()
