"""Drum kits: every key has a drum, kits differ, round robins differ, force is brightness."""

import numpy as np
import pytest

from engine.sketch.instruments import KITS
from engine.sketch.synth import find_voice, kits
from engine.sketch.synth.voice import Stroke
from tests.helpers.render_scores import n, solo, sound

RATE = 48_000
OWN = (26, *range(36, 40), *range(41, 57), 58, *range(60, 71), *range(73, 84), 86, 87)
DRIVEN_BY_STICKS = [kit for kit in KITS if kit != "kit_brush"]


def strike(kit: str, key: int, force: float = 0.8, take: int = 0) -> np.ndarray:
    voice = find_voice(kit)
    frames = round(voice.pieces[key].ring_s * RATE)
    return voice.sound(Stroke(key, 440.0, force, take, frames, RATE))[0]


def centroid(wave: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(wave)) ** 2
    return float((power * np.fft.rfftfreq(len(wave), 1 / RATE)).sum() / power.sum())


def test_every_key_finds_a_drum_and_known_ones_their_own() -> None:
    assert all(kits.nearest(key) == key for key in OWN)
    for key in range(128):
        assert kits.nearest(key) in OWN
    assert [kits.nearest(key) for key in (0, 35, 40, 57, 59, 127)] == [36, 36, 38, 49, 51, 81]


@pytest.mark.parametrize("kit", [*KITS, "percussion"])
def test_kits_have_every_drum_at_a_peak_near_1_and_quiet_at_the_end(kit: str) -> None:
    assert set(find_voice(kit).pieces) == set(OWN)
    for key in OWN:
        wave = strike(kit, key)
        assert 0.5 < np.abs(wave).max() < 1.6, key
        assert abs(wave[-1]) < 1e-4, key
        assert np.abs(wave[-RATE // 100 :]).max() < 0.02, key


@pytest.mark.parametrize("kit", DRIVEN_BY_STICKS)
def test_low_drums_are_low_and_metal_is_high(kit: str) -> None:
    kick, snare, hat = (centroid(strike(kit, key)) for key in (36, 38, 42))
    assert kick < 250 < 350 < snare < hat
    assert hat > 4000
    toms = [centroid(strike(kit, key)) for key in (41, 43, 45, 47, 48, 50)]
    assert toms == sorted(toms)


@pytest.mark.parametrize("kit", KITS)
@pytest.mark.parametrize("key", [38, 42, 46, 49, 54])
def test_harder_is_brighter(kit: str, key: int) -> None:
    assert centroid(strike(kit, key, 0.95)) > 1.03 * centroid(strike(kit, key, 0.1))


@pytest.mark.parametrize("key", [36, 38, 42, 49, 70])
def test_round_robins_are_alike_but_not_the_same(key: int) -> None:
    first, second = strike("kit_acoustic", key, take=0), strike("kit_acoustic", key, take=1)
    assert not np.array_equal(first, second)
    power = [float(np.square(wave).mean()) for wave in (first, second)]
    assert 0.4 < power[0] / power[1] < 2.5


def test_kits_are_different_instruments() -> None:
    for key in (36, 38, 42):
        waves = [strike(kit, key) for kit in KITS]
        assert len({wave[:2000].tobytes() for wave in waves}) >= len(KITS) - 2


def test_successive_strokes_take_turns() -> None:
    stem = sound(solo("kit_acoustic", [n(2 * i, 0.2, 38) for i in range(4)]))["solo"]
    hits = stem.reshape(4, 48_000, 2)[:, :8000]
    assert np.abs(hits[0] - hits[1]).max() > 0.02
    assert np.abs(hits[0] - hits[3]).max() < 0.02 * np.abs(hits[0]).max()


def test_the_kit_is_spread_and_its_middle_stays_in_the_middle() -> None:
    wide = find_voice("kit_acoustic").pieces
    assert wide[36].pan == wide[38].pan == 0.0
    assert wide[42].pan * wide[49].pan < 0
