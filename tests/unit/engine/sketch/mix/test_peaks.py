"""True peaks between the samples."""

import numpy as np
import pytest

from engine.sketch.mix.peaks import PAD_FRAMES, between_peaks


def test_peaks_between_samples_are_found() -> None:
    # A quarter of the rate, 45° off: every sample is at 0.7071 of the true peak.
    wave = np.sin(2 * np.pi * np.arange(512) / 4 + np.pi / 4).astype(np.float32)
    padded = np.stack([wave, np.zeros_like(wave)], axis=1)
    found = between_peaks(padded, 64, np.array([1, 3]))
    assert found == pytest.approx([1.0, 1.0], abs=0.02)
    assert PAD_FRAMES < 64
    assert between_peaks(padded, 64, np.array([], np.intp)).size == 0
