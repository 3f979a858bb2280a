"""Both bands along one map: an exact copy where nothing is stretched, aligned bands where it is."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.align.warp.attacks import WarpAttacks, find_attacks
from engine.align.warp.source import ArraySource
from engine.align.warp.twoband import _FrameReader, _window, two_bands
from engine.align.warpmap import WarpMap
from tests.helpers.warp_sounds import RATE, Audio, clicks, noise, sine

NO_ATTACKS = WarpAttacks(np.empty(0), np.empty(0, np.bool_))


def warped(audio: Audio, warp_map: WarpMap, attacks: WarpAttacks = NO_ATTACKS, seconds: int = 2) -> Audio:
    blocks = two_bands(ArraySource(audio), warp_map, attacks, RATE)
    return np.concatenate(list(islice(blocks, seconds)))


def test_without_stretch_the_audio_comes_back() -> None:
    audio = noise(3.0)
    made = warped(audio, WarpMap.constant())
    assert made.shape == (2 * RATE, 2)
    np.testing.assert_allclose(made, audio[: 2 * RATE], atol=1e-4)


def test_a_low_and_a_high_tone_stay_in_place_together() -> None:
    audio = sine(80.0, 4.0) * np.linspace(0.0, 1.0, 4 * RATE, dtype=np.float32)[:, None]
    both = audio + clicks(np.array([1.0]), 4.0)
    made = warped(both, WarpMap.constant(1.1), find_attacks(ArraySource(both), RATE))
    envelope = np.abs(made[RATE // 2 : RATE, 0])
    assert envelope.max() == pytest.approx(0.2 * (1.0 / 1.1) / 4.0, rel=0.1)
    start = round(1.1 * RATE)
    assert (
        np.abs(made[start - 5 : start + RATE // 50]).max() > 3 * np.abs(made[start - RATE // 50 : start - 20]).max()
    )


def test_the_sum_of_warped_stems_is_the_warped_mix() -> None:
    stems = np.concatenate([noise(3.0, 1), sine(110.0, 3.0)[:, :1]], axis=1)
    made = warped(np.concatenate([stems, stems.sum(axis=1, keepdims=True)], axis=1), WarpMap.constant(1.07))
    np.testing.assert_allclose(made[:, :2].sum(axis=1), made[:, 2], atol=1e-5)


@pytest.mark.parametrize(
    ("seconds", "rate", "frames"), [(0.064, 24_000, 1_536), (0.17, 3_000, 512), (0.001, 3_000, 16)]
)
def test_windows_are_whole_multiples_of_sixteen_frames(seconds: float, rate: int, frames: int) -> None:
    assert _window(seconds, rate) == frames


@given(st.lists(st.integers(0, 20), min_size=1, max_size=12), st.lists(st.integers(1, 15), max_size=12))
def test_frames_are_taken_in_any_portions(sizes: list[int], counts: list[int]) -> None:
    numbers = np.arange(2 * (sum(sizes) + sum(counts) + 1), dtype=np.float32).reshape(2, -1)
    rest = numbers.shape[1] - sum(sizes)
    blocks = np.split(numbers, np.cumsum([*sizes, rest])[:-1], axis=1)
    reader = _FrameReader(iter(blocks))
    taken = np.concatenate([numbers[:, :0], *[reader.take(count) for count in counts]], axis=1)
    np.testing.assert_array_equal(taken, numbers[:, : sum(counts)])
