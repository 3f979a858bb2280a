"""Nothing folds back at half the sample rate: every tuned instrument, each against itself at four times the rate."""

import numpy as np
import pytest
from scipy.ndimage import maximum_filter1d

from engine.sketch.instruments import BASSES, TUNED
from engine.sketch.synth import find_voice
from engine.sketch.synth.voice import Stroke

RATE = 48_000
FRAMES = 1 << 15
STRINGS = ("clav", "guitar_acoustic", "guitar_clean", "guitar_funk", "guitar_overdrive", "guitar_drive",
           "guitar_lead", "guitar_steel")  # fmt: skip
"""Strings have other partials at another rate; all that they sound lies at multiples of one frequency."""
BODIES = ("harpsichord", "guitar_nylon", "guitar_muted", "banjo", "bass_finger", "bass_slap", "bass_pick",
          "bass_upright")  # fmt: skip
"""Strings on a body or under a finger that makes a noise of its own: no measure here can tell it from folding."""
OTHERS = tuple(name for name in (*TUNED, *BASSES) if name not in (*STRINGS, *BODIES))


def hertz(key: int) -> float:
    return float(440.0 * 2.0 ** ((key - 69) / 12))


def spectrum(name: str, key: int, times: int = 1) -> np.ndarray:
    """Power up to half of `RATE`, relative to all of it, of a stroke rendered at `times` the rate."""
    stroke = Stroke(key, hertz(key), 1.0, 0, times * FRAMES, times * RATE)
    wave = find_voice(name).sound(stroke)[0].astype(np.float64)
    power = np.abs(np.fft.rfft(wave * np.blackman(len(wave)))) ** 2
    return np.asarray(power[: FRAMES // 2 + 1] / power.sum())


def folded_db(here: np.ndarray, dense: np.ndarray) -> float:
    """Power at frequencies where `dense`, which has room above, has nothing near."""
    return float(10 * np.log10(here[here > 10 * maximum_filter1d(dense, 61)].sum() + 1e-12))


@pytest.mark.parametrize("name", OTHERS)
def test_no_instrument_folds_back(name: str) -> None:
    key = 43 if name in BASSES else 88
    assert folded_db(spectrum(name, key), spectrum(name, key, 4)) < -60


@pytest.mark.parametrize("name", STRINGS)
@pytest.mark.parametrize("key", [76, 88, 99])
def test_no_string_sounds_between_its_partials(name: str, key: int) -> None:
    stroke = Stroke(key, hertz(key), 1.0, 0, 2 * FRAMES, RATE)
    wave = find_voice(name).sound(stroke)[0][8_192:].astype(np.float64)
    power = np.abs(np.fft.rfft(wave * np.blackman(len(wave)))) ** 2
    hz = np.fft.rfftfreq(len(wave), 1 / RATE)
    number = np.maximum(1, np.rint(hz / stroke.hz))
    away = (np.abs(hz - number * stroke.hz) > 0.035 * number * stroke.hz) & (hz > 30)
    assert 10 * np.log10(power[away].sum() / power.sum()) < -60


def test_the_measure_sees_a_naive_saw() -> None:
    at = np.arange(4 * FRAMES) * hertz(88) / RATE
    saws = [np.blackman(n * FRAMES) * ((at[: n * FRAMES] / n) % 1.0 - 0.5) for n in (1, 4)]
    here, dense = (np.abs(np.fft.rfft(saw))[: FRAMES // 2 + 1] ** 2 for saw in saws)
    assert folded_db(here / here.sum(), dense / dense.sum()) > -40
