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
