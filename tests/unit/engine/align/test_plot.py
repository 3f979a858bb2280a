"""The picture of an aligned take: what it shows, and what happens if it cannot be written."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.align.conform import Conformed, TargetGrid, conform
from engine.align.plot import plot
from engine.errors import StemBridgeError
from engine.music import Meter, TempoMap
from tests.helpers.drift_set import drift_case

RATE = 22_050
GRID = TargetGrid(TempoMap.constant(120.0), Meter(4, 4), Fraction(8))


@pytest.fixture(scope="module")
def walked() -> tuple[Conformed, TargetGrid]:
    case = drift_case("walk", 11, RATE, bars=4)
    grid = TargetGrid(TempoMap.constant(case.bpm), case.meter, Fraction(case.length_beats))
    return conform(case.stems, RATE, grid, case.bpm), grid


def test_the_plot_shows_a_waveform_a_map_and_beats(walked: tuple[Conformed, TargetGrid], tmp_path: Path) -> None:
    plot(*walked, RATE, tmp_path / "plot.png", "walk")
    image = np.asarray(Image.open(tmp_path / "plot.png")).astype(int)
    assert image.shape == (900, 1600, 3)
    for color in ((96, 175, 255), (255, 183, 77), (110, 220, 150)):
        assert (np.abs(image - color).sum(axis=2) < 30).sum() > 100


def test_a_take_without_beats_has_a_plot_too(tmp_path: Path) -> None:
    silent = conform({"a": np.zeros((RATE, 2), np.float32)}, RATE, GRID, 120.0)
    plot(silent, GRID, RATE, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 1000
    with pytest.raises(StemBridgeError, match="could not be written"):
        plot(silent, GRID, RATE, tmp_path / "missing" / "plot.png")
