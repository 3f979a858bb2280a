"""Onset detection of the proof: exact times, no seams, and only clear onsets."""

from __future__ import annotations

import numpy as np

from engine.align.proof.onsets import find_onsets


def test_long_audio_is_read_in_pieces_without_a_seam() -> None:
    rate = 8_000
    audio = np.zeros((rate * 65, 1), np.float32)
    audio[:: rate // 2] = 0.9
    onsets = find_onsets(audio, rate)
    np.testing.assert_allclose(onsets.times_s, np.arange(130) * 0.5, atol=2e-4)
