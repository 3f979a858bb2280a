"""The two bands: they add up to the audio, each holds its own frequencies, and any frames can be read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.align.warp.source import ArraySource
from engine.align.warp.split import REACH, BandSplit, decimation, interpolator, upsampled
from tests.helpers.warp_sounds import RATE, Audio, noise, sine

FACTOR = 8


def both_bands(audio: Audio, rate: int, low_frames: int) -> tuple[Audio, Audio]:
    """Return (lows at the full rate, highs) of the first `low_frames` low-rate frames [shape=(channels, frames)]."""
    split = BandSplit(ArraySource(audio), rate)
    lows = upsampled(split.lows(-REACH, low_frames + REACH), interpolator(split.factor))
    return lows, split.highs(0, low_frames * split.factor)


@pytest.mark.parametrize(("rate", "factor"), [(48_000, 16), (44_100, 14), (8_000, 2), (5_999, 1), (2_000, 1)])
def test_the_lows_have_a_rate_of_3_to_6_khz(rate: int, factor: int) -> None:
    assert decimation(rate) == factor


@pytest.mark.parametrize("rate", [4_000, 24_000, 44_100])
def test_the_bands_add_up_to_the_audio(rate: int) -> None:
    audio = noise(1.0, 3, rate)
    low_frames = len(audio) // decimation(rate)
    lows, highs = both_bands(audio, rate, low_frames)
    np.testing.assert_allclose((lows + highs).T, audio[: highs.shape[1]], atol=1e-6)


def test_each_band_holds_its_own_frequencies() -> None:
    for hz, mine, other in ((100.0, 0, 1), (2_000.0, 1, 0)):
        bands = both_bands(sine(hz, 2.0), RATE, 4_000)
        middle = slice(RATE // 2, RATE)
        assert np.std(bands[mine][:, middle]) == pytest.approx(0.2 / np.sqrt(2), rel=0.01)
        assert np.abs(bands[other][:, middle]).max() < 0.0002


@settings(max_examples=25, deadline=None)
@given(st.integers(-2_000, 100_000), st.integers(1, 3_000))
def test_any_frames_of_a_band_are_a_piece_of_the_whole(start: int, count: int) -> None:
    audio = noise(9.0, 1, 8_000)
    split = BandSplit(ArraySource(audio), 8_000)
    part = split.highs(start, start + count)
    around = split.highs(start - 50, start + count + 50)
    assert part.shape == (1, count)
    np.testing.assert_array_equal(part, around[:, 50:-50])


def test_outside_the_audio_both_bands_are_silent() -> None:
    split = BandSplit(ArraySource(noise(0.5)), RATE)
    far = 10 * RATE
    assert not split.lows(far, far + 100).any()
    assert not split.highs(-far, -far + 100).any()


def test_only_a_few_chunks_are_kept() -> None:
    split = BandSplit(ArraySource(noise(0.1, 1, 4_000)), 4_000)
    for number in range(20):
        split.highs(number * 16_000, number * 16_000 + 10)
    assert len(split._chunks) == 4


def test_interpolation_keeps_constants_and_lines() -> None:
    taps = interpolator(FACTOR)
    assert taps.shape == (2 * REACH + 1, FACTOR)
    np.testing.assert_allclose(taps.sum(axis=0), 1.0, atol=1e-3)
    constant = np.full((2, 30 + 2 * REACH), 0.5, np.float32)
    np.testing.assert_allclose(upsampled(constant, taps), 0.5, atol=1e-3)
    line = np.arange(-REACH, 30 + REACH, dtype=np.float32)[None]
    np.testing.assert_allclose(upsampled(line, taps)[0], np.arange(30 * FACTOR) / FACTOR, atol=0.01)


def test_a_factor_of_one_interpolates_nothing() -> None:
    lows = np.random.default_rng(0).standard_normal((1, 40)).astype(np.float32)
    np.testing.assert_array_equal(upsampled(lows, interpolator(1)), lows[:, REACH:-REACH])
