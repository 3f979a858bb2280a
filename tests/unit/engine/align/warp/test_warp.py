"""The warp with generated signals: lengths, sums, pitch and the places of attacks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.align.warp import ArraySource, FileSource, warp, warp_blocks
from engine.align.warpmap import WarpMap
from engine.errors import InvalidValue
from engine.levels import decibels, peak
from tests.helpers.warp_ears import channel_correlation, tonal_purity_db
from tests.helpers.warp_sounds import RATE, clicks, noise, sine

Audio = NDArray[np.float32]
BENT = WarpMap(np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 1.04, 2.02, 3.05]))


def test_the_identity_returns_the_input_bit_for_bit() -> None:
    audio = noise(1.0, 3)
    assert np.array_equal(warp(audio, WarpMap.constant(), RATE, len(audio)), audio)


def test_a_shift_copies_the_samples_and_pads_with_silence() -> None:
    audio = noise(0.5)
    moved = warp(audio, WarpMap.constant().shifted(100 / RATE), RATE, len(audio) + 200)
    assert np.array_equal(moved[100 : 100 + len(audio)], audio)
    assert not moved[:100].any()
    assert not moved[100 + len(audio) :].any()


@pytest.mark.parametrize("stretch", [0.998, 1.002])
def test_varispeed_moves_a_sine_by_less_than_five_cents_and_keeps_it_pure(stretch: float) -> None:
    out = warp(sine(1000.0, 3.0), WarpMap.constant(stretch), RATE, round(2.5 * RATE))
    hz = 1000.0 / stretch
    assert abs(1200 * np.log2(hz / 1000.0)) < 5.0
    assert tonal_purity_db(out[RATE // 2 : 2 * RATE, 0], np.array([hz]), RATE, 6.0) > 80.0


@pytest.mark.parametrize("stretch", [0.85, 0.97, 1.03, 1.2])
def test_attacks_arrive_where_the_map_puts_them_without_pre_echo(stretch: float) -> None:
    times_s = np.arange(0.3, 3.0, 0.25)
    warp_map = WarpMap.constant(stretch)
    out = warp(clicks(times_s, 3.5), warp_map, RATE, round(3.5 * stretch * RATE))
    level = np.abs(out[:, 0])
    for time_s in warp_map.to_target(times_s):
        start = round(time_s * RATE) - RATE // 100
        window = level[start : start + RATE // 50]
        first = int(np.argmax(window > 0.2 * window.max())) + start
        burst_start = np.argmax(np.abs(clicks(np.zeros(1), 0.1)[:, 0]) > 0.2 * window.max())
        assert abs(first - burst_start - time_s * RATE) <= 0.0005 * RATE
        assert decibels(float(level[start - 100 : first - 12].max() / window.max())) < -35.0


def test_stems_sum_to_the_warped_mix_and_channels_stay_together() -> None:
    stems = np.concatenate([clicks(np.arange(0.2, 3, 0.3), 3.0), sine(220.0, 3.0), noise(3.0)], axis=1)
    mix = stems.reshape(len(stems), 3, 2).sum(axis=1)
    out = warp(np.concatenate([stems, mix], axis=1), BENT, RATE, round(3.05 * RATE))
    error = out[:, :6].reshape(len(out), 3, 2).sum(axis=1) - out[:, 6:]
    assert decibels(peak(error)) < -90.0


def test_the_stereo_image_is_kept() -> None:
    both = noise(3.0)
    both[:, 1] = 0.6 * both[:, 0] + 0.3 * both[:, 1]
    out = warp(both, BENT, RATE, round(3.05 * RATE))
    assert abs(channel_correlation(out) - channel_correlation(both)) < 0.01


@pytest.mark.parametrize("stretch", [0.95, 1.05])
def test_a_low_chord_stays_a_chord(stretch: float) -> None:
    chord_hz = np.array([65.4, 98.0, 130.8, 196.0, 523.3])
    chord = sum((sine(hz, 6.0) for hz in chord_hz), np.zeros_like(sine(1.0, 6.0)))
    out = warp(chord, WarpMap.constant(stretch), RATE, round(5.5 * RATE))
    middle = out[RATE : 5 * RATE, 0]
    assert tonal_purity_db(middle, chord_hz, RATE) > 30.0
    assert abs(decibels(float(np.std(middle) / np.std(chord)))) < 0.2


@pytest.mark.parametrize("semitones", [-12.0, -3.5, 4.0, 12.0])
def test_a_pitch_shift_moves_the_pitch_and_not_the_time(semitones: float) -> None:
    audio = sine(440.0, 4.0)
    out = warp(audio, WarpMap.constant(1.03), RATE, round(4.12 * RATE), semitones)
    assert len(out) == round(4.12 * RATE)
    hz = 440.0 * 2 ** (semitones / 12)
    assert tonal_purity_db(out[RATE : 3 * RATE, 0], np.array([hz]), RATE) > 40.0
    assert np.std(out[RATE : 3 * RATE]) == pytest.approx(np.std(audio), rel=0.03)


@pytest.mark.parametrize("semitones", [-7.0, 7.0])
def test_attacks_stay_in_time_under_a_pitch_shift(semitones: float) -> None:
    out = np.abs(warp(clicks(np.arange(0.5, 3.0, 0.5), 3.2), WarpMap.constant(), RATE, 3 * RATE, semitones)[:, 0])
    for time_s in np.arange(0.5, 3.0, 0.5):
        start = round((time_s - 0.02) * RATE)
        window = out[start : start + RATE // 20]
        assert abs(np.argmax(window > 0.2 * window.max()) / RATE - 0.02) < 0.002


@pytest.mark.parametrize("semitones", [12.1, -13.0, float("nan")])
def test_an_impossible_pitch_shift_is_refused(semitones: float) -> None:
    with pytest.raises(InvalidValue, match="pitch_shift"):
        warp(noise(0.1), WarpMap.constant(), RATE, 100, semitones)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.floats(0.3, 3.0), min_size=1, max_size=5),
    st.integers(0, 3 * 8000),
    st.integers(0, 8000),
    st.floats(-0.5, 0.5),
)
def test_any_map_gives_exactly_as_many_finite_frames_as_asked(
    slopes: list[float], frames: int, length: int, shift_s: float
) -> None:
    source_s = np.arange(len(slopes) + 1) * 0.3
    warp_map = WarpMap(source_s, np.concatenate([[0.0], np.cumsum(0.3 * np.array(slopes))])).shifted(shift_s)
    out = warp(noise(length / 8000, 1, 8000), warp_map, 8000, frames)
    assert out.shape == (frames, 1)
    assert out.dtype == np.float32
    assert np.isfinite(out).all()
    assert peak(out) < 2.0


@pytest.mark.parametrize(("rate", "channels"), [(4_000, 1), (8_000, 8), (44_100, 2), (192_000, 1)])
def test_every_rate_and_channel_count_works(rate: int, channels: int) -> None:
    wave = 0.2 * np.sin(2 * np.pi * 500.0 * np.arange(rate) / rate)
    audio = np.repeat(wave[:, None], channels, axis=1).astype(np.float32)
    out = warp(audio, WarpMap.constant(1.05), rate, rate)
    assert out.shape == (rate, channels)
    assert np.std(out[rate // 4 : rate // 2]) == pytest.approx(np.std(audio), rel=0.02)


@pytest.mark.parametrize("audio", [np.zeros((3, 2)), np.zeros((RATE, 2)), np.ones((3, 1)), np.zeros((0, 2))])
def test_silence_and_next_to_nothing_pass(audio: NDArray[np.float64]) -> None:
    out = warp(audio.astype(np.float32), WarpMap.constant(1.1), RATE, 500)
    assert out.shape == (500, audio.shape[1])
    assert np.isfinite(out).all()


def test_a_constant_level_stays_one() -> None:
    out = warp(np.full((2 * RATE, 1), 0.5, np.float32), WarpMap.constant(1.1), RATE, 2 * RATE)
    assert np.allclose(out[RATE // 2 : RATE], 0.5, atol=0.005)


def test_blocks_are_the_same_from_files_as_from_memory(tmp_path: Path) -> None:
    audio = noise(9.0, 3)
    paths = [tmp_path / "one.wav", tmp_path / "two.wav"]
    soundfile.write(paths[0], audio[:, :2], RATE, "FLOAT")
    soundfile.write(paths[1], audio[: 8 * RATE, 2:], RATE, "FLOAT")
    audio[8 * RATE :, 2] = 0.0
    with FileSource(paths) as source:
        assert (source.frames, source.channels, source.channel_counts) == (9 * RATE, 3, [2, 1])
        streamed = np.concatenate(list(warp_blocks(source, BENT, RATE, 9 * RATE)))
    assert np.allclose(streamed, warp(audio, BENT, RATE, 9 * RATE), atol=1e-6)


def test_a_negative_length_is_refused() -> None:
    with pytest.raises(InvalidValue, match="frames must be 0 or more"):
        warp_blocks(ArraySource(noise(0.1)), WarpMap.constant(), RATE, -1)


@pytest.mark.parametrize(
    ("warp_map", "semitones"), [(WarpMap.constant(), 0.0), (WarpMap.constant(1.2), 0.0), (BENT, 5.0)]
)
def test_no_frames_at_all_can_be_asked_for(warp_map: WarpMap, semitones: float) -> None:
    assert warp(noise(0.1), warp_map, RATE, 0, semitones).shape == (0, 2)


@pytest.mark.parametrize(("shift_frames", "copied_frames"), [(0.4, 0), (0.6, 1), (-0.6, -1), (10.2, 10)])
def test_a_shift_between_frames_is_rounded_to_whole_ones(shift_frames: float, copied_frames: int) -> None:
    audio = noise(0.5)
    moved = warp(audio, WarpMap.constant().shifted(shift_frames / RATE), RATE, 1_000)
    assert np.array_equal(moved, ArraySource(audio).read(-copied_frames, 1_000 - copied_frames))


@pytest.mark.parametrize("stretch", [1.0, 1.002, 1.1])
def test_progress_rises_to_1(stretch: float) -> None:
    fractions: list[float] = []
    warp(noise(6.0, 1), WarpMap.constant(stretch), RATE, 6 * RATE, report=fractions.append)
    assert fractions == sorted(fractions)
    assert len(fractions) > 1
    assert fractions[-1] == 1.0


def test_a_shift_by_less_than_a_small_ratio_can_show_is_no_shift() -> None:
    audio = noise(0.5)
    assert np.array_equal(warp(audio, WarpMap.constant(), RATE, len(audio), 0.01), audio)
