"""Parts that kits share."""

from itertools import pairwise

import pytest

from engine.sketch.synth.kit_sets import BOX, BRIGHT, MACHINE, cymbals, hats, machine_cymbals, machine_toms, toms
from engine.sketch.synth.voice import Drum, Sound
from tests.helpers.voice_ears import check_recipe, level_db, peak_hz, stroke

TOM_HZ = {41: 82.0, 43: 98.0, 45: 118.0, 47: 142.0, 48: 168.0, 50: 200.0}


def sounded(drum: Drum, force: float = 0.7) -> Sound:
    return drum.recipe(stroke(force=force, seconds=drum.ring_s))


@pytest.mark.parametrize("key", [key for key in BOX if key not in (56, 58, 62, 73, 74, 78, 79)])
def test_percussion_is_one_channel_that_varies_by_round_robin(key: int) -> None:
    check_recipe(BOX[key].recipe)


def test_the_box_has_the_keys_of_general_midi_percussion_without_the_kit() -> None:
    assert set(BOX) == {26, 54, 56, 58, *range(60, 71), *range(73, 84), 86, 87}
    for drum in BOX.values():
        assert 0 < drum.level <= 1
        assert -1 <= drum.pan <= 1
        assert 0.05 < drum.ring_s < 3


def test_pairs_of_one_instrument_are_tuned_as_their_names_say() -> None:
    # High before low: bongos, congas, timbales, agogos, wood blocks.
    for high, low in ((60, 61), (63, 64), (65, 66), (67, 68), (76, 77)):
        pitches = [peak_hz(sounded(BOX[key]), 100, 3_000) for key in (high, low)]
        assert pitches[0] > 1.15 * pitches[1], (high, low)


def test_short_and_long_versions_differ_in_length() -> None:
    # Guiro, cuica, triangle, surdo: muted or short before open or long.
    for short, long in ((73, 74), (78, 79), (80, 81), (86, 87)):
        assert BOX[short].ring_s < 0.6 * BOX[long].ring_s


def test_a_pair_of_hats_is_closed_pedalled_and_open() -> None:
    kit = hats(BRIGHT, 0.5, 5_000.0, 12_000.0, 0.4, open_s=0.8, closed_s=0.1)
    assert set(kit) == {42, 44, 46}
    assert kit[44].ring_s < kit[42].ring_s < kit[46].ring_s == 0.8
    assert [kit[key].level for key in (42, 44, 46)] == pytest.approx([0.3, 0.224, 0.284])
    assert kit[42].pan == kit[44].pan == kit[46].pan
    closed, opened = (sounded(kit[key]) for key in (42, 46))
    assert level_db(closed, 0.08, 0.02) < level_db(opened, 0.08, 0.02) - 15


@pytest.mark.parametrize("scale", [0.8, 1.3])
def test_toms_are_tuned_times_their_scale_and_shorter_when_higher(scale: float) -> None:
    kit = toms(scale, 0.7, 0.2)
    assert list(kit) == list(TOM_HZ)
    for key, hz in TOM_HZ.items():
        assert peak_hz(sounded(kit[key])[9_600:], 40, 500) == pytest.approx(scale * hz, rel=0.08), key
    assert all(low.pan > high.pan for low, high in pairwise(kit.values()))
    falls_db = [level_db(sounded(drum), 0.05, 0.05) - level_db(sounded(drum), 0.4, 0.05) for drum in kit.values()]
    assert falls_db == sorted(falls_db)


def test_machine_toms_ring_equally_long() -> None:
    kit = machine_toms(1.0, 0.4)
    assert {drum.ring_s for drum in kit.values()} == {0.4}
    assert peak_hz(sounded(kit[41])[4_800:], 40, 500) == pytest.approx(82.0, rel=0.12)


@pytest.mark.parametrize("kit", [cymbals(1.0), machine_cymbals(1.0)], ids=["bronze", "machine"])
def test_a_set_of_cymbals_has_crash_ride_china_bell_and_splash(kit: dict[int, Drum]) -> None:
    assert set(kit) == {49, 51, 52, 53, 55}
    assert kit[55].ring_s < kit[52].ring_s < kit[49].ring_s
    assert kit[49].pan * kit[52].pan < 0


def test_lengths_and_loudness_of_cymbals_are_as_asked() -> None:
    kit = cymbals(0.5, crash_s=2.0, ride_s=1.0)
    assert (kit[49].ring_s, kit[51].ring_s) == pytest.approx((2.16, 1.0))
    assert (kit[49].level, kit[53].level) == pytest.approx((0.18, 0.1))


def test_the_machines_lines_are_square_waves_and_the_plates_are_not() -> None:
    assert len(MACHINE) == 6 * 30
    assert len(BRIGHT) == 90
