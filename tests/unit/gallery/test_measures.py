"""Measurements of a rendered piece."""

import numpy as np
import pytest

from tests.gallery.measures import measure

RATE = 48_000


def test_measures_of_a_known_sound() -> None:
    at = np.arange(2 * RATE) / RATE
    sine = (0.25 * np.sin(2 * np.pi * 1000.0 * at)).astype(np.float32)
    found = measure({"a": np.stack([sine, sine], axis=1)}, RATE)
    assert found.lufs == pytest.approx(-0.691 + 10 * np.log10(0.25**2) + 0.69, abs=0.1)
    assert found.true_peak_db == pytest.approx(-12.04, abs=0.05)
    assert found.crest_db == pytest.approx(3.01, abs=0.02)
    assert found.correlation == pytest.approx(1.0)
    assert int(np.argmax(found.octaves_db)) == 5
    assert found.seam < 1.0


def test_opposite_channels_and_silence() -> None:
    at = np.arange(RATE) / RATE
    sine = (0.25 * np.sin(2 * np.pi * 250.0 * at)).astype(np.float32)
    found = measure({"a": np.stack([sine, -sine], axis=1)}, RATE)
    assert found.correlation == pytest.approx(-1.0)
    assert int(np.argmax(found.octaves_db)) == 3
    silent = measure({"a": np.zeros((RATE, 2), np.float32)}, RATE)
    assert (silent.lufs, silent.correlation) == (None, 1.0)


def test_levels_of_stems_are_by_fifty_milliseconds() -> None:
    stem = np.zeros((RATE // 10, 2), np.float32)
    stem[RATE // 20 :] = 0.1
    found = measure({"a": stem, "b": np.zeros_like(stem)}, RATE)
    assert found.stem_levels_db["a"] == pytest.approx([-100.0, -20.0])
    assert found.stem_levels_db["b"].size == 2


def test_a_step_over_the_seam_is_seen() -> None:
    ramp = np.linspace(-0.5, 0.5, RATE, dtype=np.float32)
    assert measure({"a": np.stack([ramp, ramp], axis=1)}, RATE).seam > 1000
