"""Attacks for the warp: found to the millisecond, in any channel, with the bands that they are audible in."""

from __future__ import annotations

import numpy as np
import pytest

from engine.align.warp.attacks import find_attacks
from engine.align.warp.source import ArraySource
from tests.helpers.warp_sounds import RATE, Audio, clicks, sine


def test_attacks_are_found_to_the_millisecond_and_quiet_ones_beside_loud_stems() -> None:
    times_s = np.arange(0.5, 5.0, 0.37)
    audio = np.concatenate([0.1 * clicks(times_s, 5.0), sine(150.0, 5.0), sine(1500.0, 5.0)], axis=1)
    found = find_attacks(ArraySource(audio), RATE).times_s
    nearest = np.abs(found[:, None] - times_s).min(axis=0)
    assert nearest.max() < 0.0015
    assert len(found) <= len(times_s) + 3


def decaying(hz: float, starts_s: tuple[float, ...], length_s: float = 2.0) -> Audio:
    """Return tones that rise within 3 ms and fall by half every 30 ms."""
    audio = np.zeros((round(length_s * RATE), 1), np.float32)
    for start_s in starts_s:
        t = np.arange(len(audio) - round(start_s * RATE)) / RATE
        level = 0.4 * np.clip(t / 0.003, 0, 1) * 0.5 ** (t / 0.03)
        audio[-len(t) :, 0] += (level * np.sin(2 * np.pi * hz * t)).astype(np.float32)
    return audio


@pytest.mark.parametrize(("hz", "low"), [(60.0, True), (4_000.0, False)])
def test_an_attack_knows_whether_it_is_audible_in_the_lows(hz: float, low: bool) -> None:
    attacks = find_attacks(ArraySource(decaying(hz, (0.5, 1.2))), RATE)
    np.testing.assert_allclose(attacks.times_s, [0.5, 1.2], atol=0.002)
    assert attacks.in_lows.tolist() == [low, low]


def test_attacks_in_different_channels_are_found_once_and_in_order() -> None:
    left, right = decaying(900.0, (0.4, 1.1)), decaying(1_300.0, (0.4, 0.8))
    attacks = find_attacks(ArraySource(np.concatenate([left, right], axis=1)), RATE)
    np.testing.assert_allclose(attacks.times_s, [0.4, 0.8, 1.1], atol=0.002)


@pytest.mark.parametrize("frames", [0, 1, 100, RATE])
def test_silence_has_no_attacks(frames: int) -> None:
    assert len(find_attacks(ArraySource(np.zeros((frames, 2), np.float32)), RATE).times_s) == 0


def test_a_steady_tone_has_no_attack_after_its_beginning() -> None:
    times_s = find_attacks(ArraySource(sine(220.0, 2.0)), RATE).times_s
    assert not ((times_s > 0.02) & (times_s < 1.95)).any()  # its end is a click


def test_low_notes_that_beat_against_each_other_are_no_attacks() -> None:
    chord = sine(55.0, 3.0) + sine(60.0, 3.0)
    times_s = find_attacks(ArraySource(chord), RATE).times_s
    assert not ((times_s > 0.05) & (times_s < 2.95)).any()  # its end is a click


def test_long_audio_is_read_in_blocks_without_lost_or_doubled_attacks() -> None:
    rate, times_s = 4_000, np.arange(0.5, 44.0, 0.5)
    found_s = find_attacks(ArraySource(clicks(times_s, 45.0, rate)), rate).times_s
    assert len(found_s) == len(times_s)
    np.testing.assert_allclose(found_s, times_s, atol=0.002)
