"""All tuned instruments one by one: in tune, dying or holding as the real one does, brighter when played harder."""

import numpy as np
import pytest

from engine.sketch.instruments import BASSES, TUNED
from engine.sketch.synth import find_voice
from engine.sketch.synth.modes import Modes, ring
from engine.sketch.synth.voice import Stroke

RATE = 48_000
PITCHED = (*BASSES, *TUNED)
DIES = ("piano", "piano_upright", "epiano", "wurli", "epiano_fm", "clav", "harpsichord", "celesta", "bell", "vibes",
        "marimba", "kalimba", "guitar_nylon", "guitar_acoustic", "guitar_clean", "guitar_funk", "guitar_muted",
        "banjo", "harp", "strings_pizz", "pluck", "bass_upright", "bass_slap", "bass_pick")  # fmt: skip
HOLDS = ("organ", "organ_rock", "accordion", "trumpet", "horn", "sax", "flute", "clarinet", "harmonica", "violin",
         "strings", "choir", "supersaw", "lead_sine", "bass_organ", "bass_reese", "strings_low")  # fmt: skip
OPENS = ("piano", "piano_upright", "wurli", "epiano_fm", "guitar_nylon", "guitar_acoustic", "guitar_clean", "banjo",
         "harp", "trumpet", "horn", "sax", "clarinet", "violin", "accordion", "supersaw", "pluck", "strings", "bell",
         "marimba", "bass_slap", "bass_pick", "bass_upright", "bass_reese")  # fmt: skip


def hertz(key: float) -> float:
    return float(440.0 * 2.0 ** ((key - 69) / 12))


def tone(name: str, key: int, force: float = 0.7, seconds: float = 1.5, from_hz: float = 0.0) -> np.ndarray:
    stroke = Stroke(key, hertz(key), force, 0, round(seconds * RATE), RATE, from_hz)
    return find_voice(name).sound(stroke)[0].astype(np.float64)


def key_of(name: str) -> int:
    return 33 if name in BASSES else 60


def cents_off(wave: np.ndarray, hz: float) -> float:
    power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), 1 << 19)) ** 2
    grid = np.fft.rfftfreq(1 << 19, 1 / RATE)
    near = np.abs(np.log2(np.maximum(grid, 1) / hz)) < 80 / 1200
    return float(1200 * np.log2((power[near] * grid[near]).sum() / power[near].sum() / hz))


def centroid(wave: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(wave)) ** 2
    return float((power * np.fft.rfftfreq(len(wave), 1 / RATE)).sum() / power.sum())


def level_db(wave: np.ndarray, at_s: float) -> float:
    start = round(at_s * RATE)
    return float(10 * np.log10(np.square(wave[start : start + 4800]).mean() + 1e-12))


@pytest.mark.parametrize("name", PITCHED)
def test_an_instrument_is_in_tune_finite_and_the_same_again(name: str) -> None:
    wave = tone(name, key_of(name))
    assert np.isfinite(wave).all()
    assert abs(cents_off(wave, hertz(key_of(name)))) < 10
    assert np.array_equal(wave, tone(name, key_of(name)))
    assert abs(wave[0]) < 0.1 * np.abs(wave).max()


@pytest.mark.parametrize("name", DIES)
def test_what_is_struck_or_plucked_dies_away(name: str) -> None:
    wave = tone(name, key_of(name), seconds=2.0)
    assert level_db(wave, 1.8) < level_db(wave, 0.02) - 9


@pytest.mark.parametrize("name", HOLDS)
def test_what_is_blown_bowed_or_keyed_holds(name: str) -> None:
    wave = tone(name, key_of(name), seconds=2.0)
    assert abs(level_db(wave, 1.7) - level_db(wave, 0.5)) < 8


@pytest.mark.parametrize("name", OPENS)
def test_force_is_brightness(name: str) -> None:
    assert centroid(tone(name, key_of(name), 0.95)) > 1.04 * centroid(tone(name, key_of(name), 0.1))


@pytest.mark.parametrize("name", ["bass_808", "bass_acid", "lead_sine"])
def test_a_tied_note_glides_from_the_one_before(name: str) -> None:
    key = key_of(name)
    plain, tied = tone(name, key, seconds=1.0), tone(name, key, seconds=1.0, from_hz=hertz(key - 7))
    assert not np.allclose(plain[:4800], tied[:4800])
    assert abs(cents_off(tied[RATE // 2 :], hertz(key))) < 12


def test_modes_are_sines_that_die_as_asked() -> None:
    wave = ring(Modes.of([440.0], 0.8, 0.5, 0.25), RATE, RATE)
    at = np.arange(RATE) / RATE
    wanted = 0.5 * np.cos(2 * np.pi * 440.0 * at) * 10.0 ** (-3.0 * at / 0.8)
    assert np.abs(wave - wanted).max() < 2e-4


def test_modes_near_half_the_rate_are_left_out() -> None:
    assert not ring(Modes.of([0.46 * RATE], 1.0, 1.0), 4800, RATE).any()
    assert not ring(Modes.of([1000.0], 1.0, 0.0), 4800, RATE).any()


@pytest.mark.parametrize("name", ["supersaw", "accordion", "pluck"])
def test_high_notes_do_not_fold_back(name: str) -> None:
    hz = hertz(88)
    wave = tone(name, 88, 1.0, 1.4)[12_000:]
    power = np.abs(np.fft.rfft(wave * np.blackman(len(wave)))) ** 2
    grid = np.fft.rfftfreq(len(wave), 1 / RATE)
    number = np.maximum(1, np.rint(grid / hz))
    # The players stay within 30 cents.
    away = (np.abs(grid - number * hz) > 0.02 * hz * number) & (grid > 30) & (number < 9)
    assert 10 * np.log10(power[away].sum() / power.sum()) < -60
