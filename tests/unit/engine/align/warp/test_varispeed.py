"""Varispeed: exact copies at whole frames, exact lengths, and sines that are read at any fraction."""

from __future__ import annotations

import numpy as np
import pytest

from engine.align.warp.source import ArraySource
from engine.align.warp.varispeed import varispeed
from engine.align.warpmap import WarpMap
from tests.helpers.warp_sounds import RATE, Audio, noise, sine


def played(audio: Audio, warp_map: WarpMap, frames: int) -> Audio:
    return np.concatenate(list(varispeed(ArraySource(audio), warp_map, RATE, frames)))


def test_the_identity_is_a_copy() -> None:
    audio = noise(0.5, 3)
    np.testing.assert_allclose(played(audio, WarpMap.constant(), len(audio)), audio, atol=1e-6)


@pytest.mark.parametrize("frames", [0, 1, 32_768, 32_769, 70_000])
def test_there_are_as_many_frames_as_asked_in_blocks_of_any_number(frames: int) -> None:
    blocks = list(varispeed(ArraySource(noise(0.1)), WarpMap.constant(1.001), RATE, frames))
    assert sum(map(len, blocks)) == frames
    assert all(block.dtype == np.float32 for block in blocks)


@pytest.mark.parametrize("fraction", [0.25, 0.5, 0.9])
def test_a_sine_is_read_between_frames(fraction: float) -> None:
    made = played(sine(997.0, 1.0), WarpMap.constant(1.0, fraction / RATE), RATE // 2)
    expected = 0.2 * np.sin(2 * np.pi * 997.0 * (np.arange(RATE // 2) + fraction) / RATE)
    assert np.abs(made[20:, 0] - expected[20:]).max() < 0.2 * 10 ** (-80 / 20)


def test_a_slower_map_lowers_the_frequency() -> None:
    made = played(sine(1_000.0, 1.0), WarpMap.constant(1.002), RATE // 2)
    expected = 0.2 * np.sin(2 * np.pi * 1_000.0 / 1.002 * np.arange(RATE // 2) / RATE)
    assert np.abs(made[20:, 1] - expected[20:]).max() < 0.2 * 10 ** (-80 / 20)


def test_a_constant_level_stays_one_at_every_phase() -> None:
    made = played(np.full((RATE, 1), 0.5, np.float32), WarpMap.constant(1.0013), RATE // 2)
    np.testing.assert_allclose(made[20:], 0.5, atol=1e-6)


def test_blocks_join_without_a_seam() -> None:
    audio, warp_map = noise(4.0, 1), WarpMap.constant(0.999)
    whole = played(audio, warp_map, 80_000)
    later = played(audio, warp_map.shifted(-30_000 / RATE), 10_000)
    np.testing.assert_allclose(whole[30_000:40_000], later, atol=1e-4)


def test_outside_the_audio_is_silence() -> None:
    made = played(np.ones((100, 1), np.float32), WarpMap.constant(1.001).shifted(0.1), RATE // 2)
    assert not made[: RATE // 10 - 20].any()
    assert not made[RATE // 10 + 140 :].any()
    assert made[RATE // 10 + 50, 0] == pytest.approx(1.0, abs=0.01)
