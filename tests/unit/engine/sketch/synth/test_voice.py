"""Levelling of sounds, and what makes strokes equal."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sketch.synth.voice import FADE_S, Drum, Stroke, Voice, fade_end, level, strike_level

RATE = 48_000


def loudest_rms(wave: np.ndarray, window: int) -> float:
    count = wave.shape[-1] // window
    return float(np.sqrt(np.square(wave[: count * window]).reshape(count, window).mean(axis=1).max()))


@given(st.floats(1e-6, 1e4), st.sampled_from([44_100, RATE]))
def test_a_level_does_not_depend_on_the_sounds_own(gain: float, rate: int) -> None:
    wave = np.sin(2 * np.pi * 200 * np.arange(rate) / rate) * np.exp(-np.arange(rate) / rate)
    levelled = level(gain * wave, rate)
    assert levelled.shape == (1, rate)
    assert levelled.dtype == np.float32
    assert loudest_rms(levelled[0], rate // 20) == pytest.approx(0.2, rel=1e-3)


def test_the_level_is_of_the_middle_and_the_side_follows() -> None:
    middle, side = np.full(RATE, 0.5), np.full(RATE, 0.1)
    levelled = level(np.stack([middle, side]), RATE, rms=0.4)
    assert levelled[0, 0] == pytest.approx(0.4)
    assert levelled[1, 0] == pytest.approx(0.08)


def test_a_short_sound_is_one_window_and_silence_stays_silent() -> None:
    assert loudest_rms(level(np.ones(100), RATE)[0][:1], 1) == pytest.approx(0.2, rel=1e-3)
    assert not level(np.zeros(1_000), RATE).any()
    assert not strike_level(np.zeros(1_000), RATE).any()


def test_the_argument_is_left_as_it_was() -> None:
    wave = np.ones(1_000, np.float32)
    level(wave, RATE)
    strike_level(wave, RATE)
    assert (wave == 1.0).all()


def test_a_stroke_is_levelled_by_peak_and_power() -> None:
    # A square of height 3: peak 3, RMS 3, so the size is sqrt(3 · 2.5 · 3).
    square = 3.0 * np.sign(np.sin(2 * np.pi * 200 * (np.arange(RATE) + 0.5) / RATE))
    assert strike_level(square, RATE)[0, 0] == pytest.approx(3 / np.sqrt(22.5), rel=1e-5)
    # A lone click has little power in 5 ms and comes out higher.
    click = np.zeros(RATE)
    click[10] = 3.0
    rms = 3.0 / np.sqrt(240)
    assert strike_level(click, RATE)[0, 10] == pytest.approx(3 / np.sqrt(3 * 2.5 * rms), rel=1e-5)


@pytest.mark.parametrize("frames", [1, 100, 288, 1_000])
def test_the_end_fades_to_0_in_place(frames: int) -> None:
    wave = np.ones((2, frames), np.float32)
    assert fade_end(wave, RATE) is wave
    fade = min(frames, round(FADE_S * RATE))
    assert not wave[:, -1].any()
    assert (wave[:, : frames - fade] == 1.0).all()
    assert (np.diff(wave[0]) <= 0).all()
    if frames >= 288:
        assert wave[0, frames - 145] == pytest.approx(0.5, abs=0.01)


def test_equal_strokes_are_equal_keys_of_a_mapping() -> None:
    one, same = (Stroke(60, 261.6, 0.5, 0, 100, RATE) for _ in range(2))
    assert {one: "sound"}[same] == "sound"
    assert one != Stroke(60, 261.6, 0.5, 1, 100, RATE)
    assert one != Stroke(60, 261.6, 0.5, 0, 100, RATE, 130.8)


def test_an_instrument_is_by_default_a_dry_polyphonic_one_without_drums() -> None:
    voice = Voice("plain", lambda stroke: np.zeros((1, stroke.frames), np.float32))
    assert (voice.gated, voice.sustains, voice.mono) == (True, False, False)
    assert (voice.tone, voice.drive, dict(voice.pieces)) == ((), None, {})
    assert Drum(voice.sound, 0.5, 0.7).pan == 0.0
