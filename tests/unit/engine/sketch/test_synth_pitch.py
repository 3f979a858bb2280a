"""Tuned instruments: in tune, free of aliasing, brighter when played harder, tuned by the pitch shift alone."""

import numpy as np
import pytest

from engine.sketch.synth import cache, find_voice
from engine.sketch.synth.strings import String, pluck
from engine.sketch.synth.voice import Stroke
from engine.sketch.synth.wavetable import Oscillator
from tests.helpers.render_scores import n, solo, sound

RATE = 48_000
BASSES = ("bass_finger", "bass_synth", "bass_sub")
OTHERS = (
    "epiano",
    "clav",
    "stab",
    "guitar_drive",
    "pad_warm",
    "lead_saw",
    "lead_square",
    "brass",
    "vibes",
    "guitar_lead",
)


def hertz(pitch: float) -> float:
    return float(440.0 * 2.0 ** ((pitch - 69) / 12))


def cents(audio: np.ndarray, hz: float, rate: int = RATE) -> float:
    """How far the fundamental lies from `hz`: the centre of gravity of its spectral line."""
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio)), 1 << 20)) ** 2
    grid = np.fft.rfftfreq(1 << 20, 1 / rate)
    near = (grid > hz * 2 ** (-80 / 1200)) & (grid < hz * 2 ** (80 / 1200))
    return float(1200 * np.log2((spectrum[near] * grid[near]).sum() / spectrum[near].sum() / hz))


def middle(instrument: str, pitch: int, shift: float = 0.0, rate: int = RATE) -> np.ndarray:
    stem = sound(solo(instrument, [n(0, 4, pitch, 100)], 8), rate, shift=shift)["solo"]
    return stem.mean(axis=1)[: 2 * rate]


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("instrument", [*BASSES, *OTHERS])
def test_every_instrument_is_in_tune(instrument: str, rate: int) -> None:
    for pitch in (28, 43) if instrument in BASSES else (52, 64, 77):
        assert abs(cents(middle(instrument, pitch, rate=rate), hertz(pitch), rate)) < 10


@pytest.mark.parametrize("instrument", ["bass_finger", "epiano", "pad_warm", "lead_saw", "guitar_drive"])
@pytest.mark.parametrize("shift", [-5.0, 0.37, 12.0])
def test_the_pitch_shift_tunes(instrument: str, shift: float) -> None:
    assert abs(cents(middle(instrument, 52, shift), hertz(52 + shift))) < 10


def test_the_pitch_shift_leaves_drums_and_time_alone() -> None:
    notes = [n(0.5, 0.2, 38), n(1, 0.2, 36), n(2.25, 0.2, 42)]
    plain, shifted = (sound(solo("kit_acoustic", notes), shift=s)["solo"] for s in (0.0, 3.3))
    assert np.array_equal(plain, shifted)
    plain, shifted = (sound(solo("clav", [n(1.5, 0.5, 60)]), shift=s)["solo"] for s in (0.0, 3.3))
    first = [int(np.argmax(np.abs(stem[:, 0]) > 0.02)) for stem in (plain, shifted)]
    assert abs(first[0] - first[1]) < 24
    assert not np.array_equal(plain, shifted)


@pytest.mark.parametrize("pitch", [84, 91, 96, 103, 108])
def test_a_high_saw_does_not_fold_back(pitch: int) -> None:
    hz = hertz(pitch)
    open_filter = np.full(1 << 16, 8.3, np.float32)
    wave = Oscillator(hz, RATE).sweep(open_filter)
    assert folded_db(wave, hz, width_hz=8) < -60


@pytest.mark.parametrize("instrument", ["lead_saw", "lead_square", "brass", "stab"])
@pytest.mark.parametrize("pitch", [88, 99])
def test_high_notes_of_wavetable_voices_do_not_fold_back(instrument: str, pitch: int) -> None:
    hz = hertz(pitch)
    stroke = Stroke(pitch, hz, 1.0, 0, 1 << 16, RATE)
    wave = find_voice(instrument).sound(stroke)[0]
    # Past the attack: breath noise and the opening filter are no aliasing. The players stay within 60 cents.
    assert folded_db(wave[16_384:], hz, width_hz=60 / 1731 * hz) < -60


def folded_db(wave: np.ndarray, hz: float, width_hz: float) -> float:
    """Power away from every harmonic, relative to all power (a narrow window of side lobes below −90 dB)."""
    spectrum = np.abs(np.fft.rfft(wave * np.blackman(len(wave)))) ** 2
    grid = np.fft.rfftfreq(len(wave), 1 / RATE)
    number = np.maximum(1, np.rint(grid / hz))
    away = np.abs(grid - number * hz) > width_hz * np.maximum(1, number * (width_hz > 10))
    away &= grid > 30
    return float(10 * np.log10(spectrum[away].sum() / spectrum.sum()))


def test_the_aliasing_measure_sees_a_naive_saw() -> None:
    hz = hertz(91)
    naive = (np.arange(1 << 16) * hz / RATE) % 1.0 - 0.5
    assert folded_db(naive, hz, width_hz=8) > -40


def test_a_string_is_tuned_and_dies_as_asked() -> None:
    string = String(t60_s=2.0, bright_hz=5000.0, pluck=0.2, pickup=0.3, soft_hz=2000.0, hard_hz=2000.0)
    note = pluck(Stroke(57, 220.3, 0.5, 0, 2 * RATE, RATE), string)
    assert abs(cents(note, 220.3)) < 0.5
    power = np.square(note).reshape(20, -1).mean(axis=1)
    fall_db = 10 * np.log10(power[4] / power[14])
    assert fall_db == pytest.approx(30.0, abs=4.0)
    assert np.abs(note[-100:]).max() < 0.002 * np.abs(note).max()


@pytest.mark.parametrize(
    "instrument", ["epiano", "brass", "clav", "bass_finger", "bass_synth", "lead_saw", "stab", "vibes"]
)
def test_harder_is_brighter(instrument: str) -> None:
    def centroid(force: float) -> float:
        wave = find_voice(instrument).sound(Stroke(55, hertz(55), force, 0, 24_000, RATE))[0]
        power = np.abs(np.fft.rfft(wave)) ** 2
        return float((power * np.fft.rfftfreq(24_000, 1 / RATE)).sum() / power.sum())

    assert centroid(0.95) > 1.1 * centroid(0.15)


def test_velocity_is_loudness() -> None:
    stem = sound(solo("epiano", [n(0, 1, 60, 30), n(4, 1, 60, 120)], 8))["solo"]
    soft, hard = np.abs(stem[:24_000]).max(), np.abs(stem[96_000:120_000]).max()
    assert 3 < hard / soft < 9


def test_keys_above_the_instruments_sound_octaves_lower() -> None:
    assert abs(cents(middle("lead_square", 127, 12.0), hertz(139) / 8)) < 15


def test_sounds_are_remembered_within_their_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(cache, "CAPACITY_BYTES", 4 * 48_000 * 8)
    voice = find_voice("bass_sub")
    strokes = [Stroke(key, hertz(key), 0.5, 0, 48_000, RATE) for key in range(30, 50)]
    first = [cache.cached_sound(voice, stroke) for stroke in strokes]
    assert cache.cached_sound(voice, strokes[-1]) is first[-1]
    again = cache.cached_sound(voice, strokes[0])
    assert again is not first[0]
    assert np.array_equal(again, first[0])
    assert not again.flags.writeable
    assert cache._held_bytes <= cache.CAPACITY_BYTES
    cache.clear()
