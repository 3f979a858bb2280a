"""Onset detection of the proof: exact times, no seams, and only clear onsets."""

from __future__ import annotations

import numpy as np
import pytest

from engine.align.proof.onsets import find_onsets

RATE = 44_100


def bursts(frames: tuple[int, ...], level: float = 0.5, length: int = 3 * RATE) -> np.ndarray:
    """Return noise bursts that fade over 20 ms [shape=(length, 1)]."""
    rng = np.random.default_rng(0)
    audio = np.zeros((length, 1), np.float32)
    fade = np.exp(-np.arange(4_410) / 882)
    for frame in frames:
        part = audio[frame : frame + 4_410, 0]
        burst = level * fade * np.sign(rng.standard_normal(4_410))
        part += burst[: len(part)].astype(np.float32)
    return audio


def test_onsets_are_timed_to_the_sample_the_first_frame_included() -> None:
    frames = (0, 30_001, 70_007, 100_000)
    onsets = find_onsets(bursts(frames), RATE)
    np.testing.assert_allclose(onsets.times_s, np.array(frames) / RATE, atol=1.5 / RATE)


def test_equal_onsets_have_a_strength_of_about_1() -> None:
    strengths = find_onsets(bursts((20_000, 50_000, 80_000)), RATE).strengths
    assert strengths.min() > 0.6
    assert strengths.max() < 1.4


@pytest.mark.parametrize(("level", "found"), [(0.1, 4), (0.002, 3)])
def test_onsets_far_below_the_strong_ones_are_left_out(level: float, found: int) -> None:
    audio = bursts((20_000, 50_000, 80_000)) + bursts((105_000,), 0.5 * level)
    assert len(find_onsets(audio, RATE).times_s) == found


def test_a_slow_swell_has_no_clear_time() -> None:
    swell = np.sin(np.pi * np.arange(RATE) / RATE) ** 2 * np.sin(np.arange(RATE) * 0.1)
    assert len(find_onsets(swell.astype(np.float32)[:, None], RATE).times_s) == 0


def test_a_bright_onset_is_found_over_a_low_tone() -> None:
    frames = (30_000, 60_000, 90_000)
    drone = 0.4 * np.sin(2 * np.pi * 80 * np.arange(3 * RATE) / RATE)
    onsets = find_onsets(bursts(frames, 0.3) + drone.astype(np.float32)[:, None], RATE)
    inside = (onsets.times_s > 0.1) & (onsets.times_s < 2.9)
    np.testing.assert_allclose(onsets.times_s[inside], np.array(frames) / RATE, atol=0.0005)


def test_opposite_channels_do_not_cancel() -> None:
    mono = bursts((20_000, 60_000))
    onsets = find_onsets(np.concatenate([mono, -mono], axis=1), RATE)
    np.testing.assert_allclose(onsets.times_s, np.array([20_000, 60_000]) / RATE, atol=1.5 / RATE)


def test_a_part_in_one_of_many_channels_is_found() -> None:
    audio = np.zeros((3 * RATE, 6), np.float32)
    audio[:, 4:5] = bursts((20_000, 60_000))
    assert len(find_onsets(audio, RATE).times_s) == 2


def test_samples_that_are_no_numbers_are_taken_as_silence() -> None:
    audio = bursts((20_000, 60_000))
    audio[100_000:100_010] = np.nan
    audio[110_000] = np.inf
    assert len(find_onsets(audio, RATE).times_s) == 2


@pytest.mark.parametrize("frames", [0, 1, 50, 5_000])
def test_silence_of_any_length_has_none(frames: int) -> None:
    onsets = find_onsets(np.zeros((frames, 2), np.float32), RATE)
    assert len(onsets.times_s) == len(onsets.strengths) == 0


def test_long_audio_is_read_in_pieces_without_a_seam() -> None:
    rate = 8_000
    audio = np.zeros((rate * 65, 1), np.float32)
    audio[:: rate // 2] = 0.9
    onsets = find_onsets(audio, rate)
    np.testing.assert_allclose(onsets.times_s, np.arange(130) * 0.5, atol=2e-4)
