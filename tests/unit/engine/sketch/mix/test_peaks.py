"""True peaks between the samples."""

import numpy as np
import pytest

from engine.sketch.mix.peaks import PAD_FRAMES, between_frames, between_peaks, interpolators, sample_peaks


def test_peaks_between_samples_are_found() -> None:
    # A quarter of the rate, 45° off: every sample is at 0.7071 of the true peak.
    wave = np.sin(2 * np.pi * np.arange(512) / 4 + np.pi / 4).astype(np.float32)
    padded = np.stack([wave, np.zeros_like(wave)], axis=1)
    found = between_peaks(padded, 64, np.array([1, 3]))
    assert found == pytest.approx([1.0, 1.0], abs=0.02)
    assert PAD_FRAMES < 64
    assert between_peaks(padded, 64, np.array([], np.intp)).size == 0


def test_sample_peaks_are_of_either_channel_and_sign_by_hop() -> None:
    chunk = np.array([[1, -3], [2, 0], [0, 0], [-4, 1], [5, -6]], np.float32)
    assert sample_peaks(chunk, 2).tolist() == [3, 4, 6]
    assert sample_peaks(chunk[:4], 2).tolist() == [3, 4]


def test_the_filters_keep_a_constant_and_mirror_each_other() -> None:
    quarter, half, three_quarters = interpolators()
    assert quarter.size == 2 * PAD_FRAMES
    assert [row.sum() for row in (quarter, half, three_quarters)] == pytest.approx([1, 1, 1])
    assert quarter[::-1] == pytest.approx(three_quarters)
    assert half == pytest.approx(half[::-1])
    assert np.argmax(quarter) == PAD_FRAMES - 1, "a quarter after the frame is nearest to the frame"


def test_points_between_frames_lie_on_the_wave() -> None:
    def wave(at: np.ndarray) -> np.ndarray:
        return np.sin(2 * np.pi * at / 10.0)

    padded = np.zeros((64 + 2 * PAD_FRAMES, 2), np.float32)
    padded[:, 1] = wave(np.arange(len(padded)) - PAD_FRAMES)
    values = list(between_frames(padded, 16, np.array([2])))
    assert len(values) == 6, "two channels at three places"
    assert not np.any(values[:3])
    for phase, found in enumerate(values[3:], 1):
        assert found[0] == pytest.approx(wave(np.arange(32, 48) + phase / 4), abs=0.005)


def test_a_constant_has_no_peak_between_its_samples() -> None:
    padded = np.full((200, 2), 0.5, np.float32)
    assert between_peaks(padded, 16, np.array([0, 5])) == pytest.approx([0.5, 0.5], abs=1e-5)
