"""Overlapping segments: their number, their cross-fades, and what the model is given."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.separate.overlap import overlapped, segment_count

Audio = NDArray[np.float32]


def blocks_of(audio: Audio, size: int) -> list[Audio]:
    return [audio[start : start + size] for start in range(0, len(audio), size)]


def ramp(frames: int) -> Audio:
    return np.arange(2 * frames, dtype=np.float32).reshape(frames, 2)


@pytest.mark.parametrize(
    ("frames", "segment", "count"), [(100, 40, 4), (90, 40, 3), (91, 40, 4), (1, 40, 1), (5, 1, 5), (0, 40, 0)]
)
def test_segments_start_every_three_quarters_of_their_length(frames: int, segment: int, count: int) -> None:
    assert segment_count(frames, segment) == count


@given(frames=st.integers(1, 200), segment=st.integers(1, 60), block=st.integers(1, 90))
def test_a_model_that_changes_nothing_gives_the_audio_back(frames: int, segment: int, block: int) -> None:
    audio = ramp(frames)
    calls = 0

    def apply(window: Audio) -> Audio:
        nonlocal calls
        calls += 1
        return np.stack([window, -window], axis=1)

    made = np.concatenate(list(overlapped(blocks_of(audio, block), frames, segment, apply)))
    assert made.shape == (frames, 2, 2)
    np.testing.assert_allclose(made[:, 0], audio, rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(made[:, 1], -audio, rtol=1e-5, atol=1e-4)
    assert calls == segment_count(frames, segment)


def test_the_model_is_given_whole_segments_with_silence_after_the_end() -> None:
    windows: list[Audio] = []

    def apply(window: Audio) -> Audio:
        windows.append(window)
        return window[:, None]

    list(overlapped(blocks_of(ramp(10), 3), 10, 8, apply))
    assert [len(window) for window in windows] == [8, 8]
    np.testing.assert_array_equal(windows[0], ramp(10)[:8])
    np.testing.assert_array_equal(windows[1], np.concatenate([ramp(10)[6:], np.zeros((4, 2))]))


def test_segments_are_cross_faded_in_proportion_to_their_triangles() -> None:
    numbers = iter([0.0, 1.0])
    made = list(overlapped([np.zeros((12, 1), np.float32)], 12, 8, lambda window: np.full((8, 1, 1), next(numbers))))
    # The first segment's weights end in 2/4, 1/4 where the second's begin with 1/4, 2/4.
    assert [len(block) for block in made] == [6, 6]
    np.testing.assert_allclose(np.concatenate(made)[:, 0, 0], [0.0] * 6 + [1 / 3, 2 / 3] + [1.0] * 4, atol=1e-6)


def test_stems_come_before_the_audio_is_read_to_its_end() -> None:
    read: list[int] = []

    def endless() -> object:
        while True:
            read.append(len(read))
            yield np.ones((4, 1), np.float32)

    stream = overlapped(endless(), 10_000, 8, lambda window: window[:, None])  # type: ignore[arg-type]
    assert len(next(stream)) == 6
    assert len(read) == 2
