"""Kits of wood and skin."""

import numpy as np
import pytest

from engine.sketch.synth import find_voice, kit_acoustic
from engine.sketch.synth.kit_sets import BOX
from tests.helpers.voice_ears import centroid, level_db, strike

KITS = [f"kit_{name}" for name in ("acoustic", "rock", "vintage", "jazz", "brush", "breaks", "metal", "lofi",
                                   "orchestral")]  # fmt: skip
TOMS = (41, 43, 45, 47, 48, 50)


def test_these_are_all_kits_of_wood_and_skin() -> None:
    shared = {"BOX", "CRASH", "BRIGHT"}
    kits = [value for name, value in vars(kit_acoustic).items() if name.isupper() and name not in shared]
    assert len(kits) == len(KITS) + 1
    for name in (*KITS, "percussion"):
        assert any(find_voice(name).pieces is kit for kit in kits)


@pytest.mark.parametrize("kit", [name for name in KITS if name != "kit_brush"])
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


@pytest.mark.parametrize("key", [36, 38, 42, 49, 70])
def test_round_robins_are_alike_but_not_the_same(key: int) -> None:
    first, second = strike("kit_acoustic", key, round_robin=0), strike("kit_acoustic", key, round_robin=1)
    assert not np.array_equal(first, second)
    power = [float(np.square(wave).mean()) for wave in (first, second)]
    assert 0.4 < power[0] / power[1] < 2.5


def test_the_kit_is_spread_and_its_middle_stays_in_the_middle() -> None:
    wide = find_voice("kit_acoustic").pieces
    assert wide[36].pan == wide[38].pan == 0.0
    assert wide[42].pan * wide[49].pan < 0
    pans = [wide[key].pan for key in TOMS]
    assert pans == sorted(pans, reverse=True)


def test_the_brush_kit_is_the_jazz_kit_with_other_sticks() -> None:
    brush, jazz = kit_acoustic.BRUSH, kit_acoustic.JAZZ
    assert {key for key in brush if brush[key] is not jazz[key]} == {38, 39, 42, *TOMS}
    swing = strike("kit_brush", 39)
    assert level_db(swing, 0.1) > level_db(swing, 0.0, 0.005)


def test_the_orchestral_toms_are_timpani_from_right_to_left() -> None:
    kit = kit_acoustic.ORCHESTRAL
    rings = [kit[key].ring_s for key in TOMS]
    assert rings == sorted(rings, reverse=True)
    assert kit[36].ring_s > 1.5


def test_the_hand_kit_has_a_cajon_for_kick_and_snare() -> None:
    kick, snare = (centroid(strike("percussion", key)) for key in (36, 38))
    assert kick < 300 < snare
    assert all(kit_acoustic.HAND[key] is BOX[key] for key in (54, 60, 64, 81))
