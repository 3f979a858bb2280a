"""Measures for the tests of instruments: tuning, decay, brightness and aliasing of single strokes."""

from collections.abc import Callable

import numpy as np
from scipy.ndimage import maximum_filter1d

from engine.sketch.synth import find_voice
from engine.sketch.synth.voice import Stroke
from tests.helpers.render_scores import n, solo, sound

RATE = 48_000
_FRAMES = 1 << 15


def hertz(key: float) -> float:
    return float(440.0 * 2.0 ** ((key - 69) / 12))


def stroke(
    key: int = 60,
    force: float = 0.7,
    seconds: float = 0.25,
    round_robin: int = 0,
    rate: int = RATE,
    from_hz: float = 0.0,
) -> Stroke:
    return Stroke(key, hertz(key), force, round_robin, round(seconds * rate), rate, from_hz)


def tone(name: str, key: int, force: float = 0.7, seconds: float = 1.5, from_hz: float = 0.0) -> np.ndarray:
    """Return the middle channel of one stroke, in double precision."""
    return find_voice(name).sound(stroke(key, force, seconds, from_hz=from_hz))[0].astype(np.float64)


def strike(kit: str, key: int, force: float = 0.8, round_robin: int = 0) -> np.ndarray:
    """Return one whole stroke on a drum of a kit."""
    voice = find_voice(kit)
    return voice.sound(stroke(key, force, voice.pieces[key].ring_s, round_robin))[0]


def played(instrument: str, pitch: int, shift: float = 0.0, rate: int = RATE) -> np.ndarray:
    """Return a note of 2 s that went through the whole renderer."""
    stem = sound(solo(instrument, [n(0, 4, pitch, 100)], 8), rate, shift=shift)["solo"]
    return stem.mean(axis=1)[: 2 * rate]


def cents_off(wave: np.ndarray, hz: float, rate: int = RATE) -> float:
    """Return the distance of the fundamental from `hz`: the centre of gravity of its spectral line."""
    power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), 1 << 20)) ** 2
    grid = np.fft.rfftfreq(1 << 20, 1 / rate)
    near = (grid > hz * 2 ** (-80 / 1200)) & (grid < hz * 2 ** (80 / 1200))
    return float(1200 * np.log2((power[near] * grid[near]).sum() / power[near].sum() / hz))


def centroid(wave: np.ndarray) -> float:
    """Return the centre of gravity of the spectrum in Hz."""
    power = np.abs(np.fft.rfft(wave)) ** 2
    return float((power * np.fft.rfftfreq(len(wave), 1 / RATE)).sum() / power.sum())


def level_db(wave: np.ndarray, at_s: float, seconds: float = 0.1) -> float:
    """Return the RMS level of a stretch."""
    start = round(at_s * RATE)
    return float(10 * np.log10(np.square(wave[start : start + round(seconds * RATE)]).mean() + 1e-12))


def peak_hz(wave: np.ndarray, low_hz: float = 20.0, high_hz: float = 20_000.0) -> float:
    """Return the frequency of the strongest spectral line between two frequencies."""
    size = max(1 << 16, len(wave))
    power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), size))
    grid = np.fft.rfftfreq(size, 1 / RATE)
    power[(grid < low_hz) | (grid > high_hz)] = 0.0
    return float(grid[np.argmax(power)])


def band_db(wave: np.ndarray, low_hz: float, high_hz: float) -> float:
    """Return the power between two frequencies relative to all."""
    power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) ** 2
    grid = np.fft.rfftfreq(len(wave), 1 / RATE)
    return float(10 * np.log10(power[(grid >= low_hz) & (grid < high_hz)].sum() / power.sum() + 1e-15))


def off_harmonics_db(wave: np.ndarray, hz: float, width_hz: float) -> float:
    """Return the power away from every harmonic, relative to all (a narrow window of side lobes below −90 dB)."""
    spectrum = np.abs(np.fft.rfft(wave * np.blackman(len(wave)))) ** 2
    grid = np.fft.rfftfreq(len(wave), 1 / RATE)
    number = np.maximum(1, np.rint(grid / hz))
    away = np.abs(grid - number * hz) > width_hz * np.maximum(1, number * (width_hz > 10))
    away &= grid > 30
    return float(10 * np.log10(spectrum[away].sum() / spectrum.sum()))


def spectrum(name: str, key: int, times: int = 1) -> np.ndarray:
    """Return the power up to half of `RATE`, relative to all of it, of a stroke rendered at `times` the rate."""
    full = Stroke(key, hertz(key), 1.0, 0, times * _FRAMES, times * RATE)
    wave = find_voice(name).sound(full)[0].astype(np.float64)
    power = np.abs(np.fft.rfft(wave * np.blackman(len(wave)))) ** 2
    return np.asarray(power[: _FRAMES // 2 + 1] / power.sum())


def aliased_db(here: np.ndarray, dense: np.ndarray) -> float:
    """Return the power at frequencies where `dense`, which has room above, has none near."""
    return float(10 * np.log10(here[here > 10 * maximum_filter1d(dense, 61)].sum() + 1e-12))


def check_does_not_alias(name: str, key: int) -> None:
    """Check a stroke against itself at four times the rate."""
    assert aliased_db(spectrum(name, key), spectrum(name, key, 4)) < -60


def check_only_partials_sound(name: str, key: int) -> None:
    """Check that a string sounds at multiples of one frequency alone; its partials are others at another rate."""
    full = Stroke(key, hertz(key), 1.0, 0, 2 * _FRAMES, RATE)
    wave = find_voice(name).sound(full)[0][8_192:].astype(np.float64)
    power = np.abs(np.fft.rfft(wave * np.blackman(len(wave)))) ** 2
    hz = np.fft.rfftfreq(len(wave), 1 / RATE)
    number = np.maximum(1, np.rint(hz / full.hz))
    away = (np.abs(hz - number * full.hz) > 0.035 * number * full.hz) & (hz > 30)
    assert 10 * np.log10(power[away].sum() / power.sum()) < -60


def check_is_in_tune(name: str, key: int) -> None:
    """Check one stroke: in tune, finite, the same again, without a click at its start."""
    wave = tone(name, key)
    assert np.isfinite(wave).all()
    assert abs(cents_off(wave, hertz(key))) < 10
    assert np.array_equal(wave, tone(name, key))
    assert abs(wave[0]) < 0.1 * np.abs(wave).max()


def check_is_played_in_tune(name: str, *pitches: int) -> None:
    """Check notes that went through the whole renderer, at both common rates."""
    for rate in (44_100, 48_000):
        for pitch in pitches:
            assert abs(cents_off(played(name, pitch, rate=rate), hertz(pitch), rate)) < 10


def check_dies(name: str, key: int) -> None:
    wave = tone(name, key, seconds=2.0)
    assert level_db(wave, 1.8) < level_db(wave, 0.02) - 9


def check_holds(name: str, key: int) -> None:
    wave = tone(name, key, seconds=2.0)
    assert abs(level_db(wave, 1.7) - level_db(wave, 0.5)) < 8


def check_opens(name: str, key: int) -> None:
    """Check that force is brightness."""
    assert centroid(tone(name, key, 0.95)) > 1.04 * centroid(tone(name, key, 0.1))


def check_opens_widely(name: str) -> None:
    """Check that force is much brightness in the first half second."""
    assert centroid(tone(name, 55, 0.95, 0.5)) > 1.1 * centroid(tone(name, 55, 0.15, 0.5))


def check_glides(name: str, key: int) -> None:
    """Check that a tied note comes from the pitch before it and arrives at its own."""
    plain, tied = tone(name, key, seconds=1.0), tone(name, key, seconds=1.0, from_hz=hertz(key - 7))
    assert not np.allclose(plain[:4800], tied[:4800])
    assert abs(cents_off(tied[RATE // 2 :], hertz(key))) < 12


def check_recipe(recipe: Callable[[Stroke], np.ndarray], is_random: bool = True) -> None:
    """Check a drum's recipe: one finite channel that starts at once but without a click, equal for equal strokes."""
    for rate in (44_100, RATE):
        wave = recipe(stroke(seconds=0.2, rate=rate))
        assert wave.shape == (round(0.2 * rate),)
        assert wave.dtype == np.float32
        assert np.isfinite(wave).all()
        assert np.array_equal(wave, recipe(stroke(seconds=0.2, rate=rate)))
        largest = np.abs(wave).max()
        assert 0.05 < largest < 20.0
        assert abs(wave[0]) < 0.2 * largest
        assert np.abs(wave[: rate // 50]).max() > 0.1 * largest
    other = recipe(stroke(seconds=0.2, round_robin=1))
    assert np.array_equal(recipe(stroke(seconds=0.2)), other) is not is_random
    assert recipe(stroke(seconds=0.02)).shape == (960,)
