"""Advice on lengths and meters that do not fit the files: true sentences, and none where all fits."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from engine.align.advice import advice
from engine.align.conform import AlignmentReport, TargetGrid
from engine.align.measure import GridError
from engine.align.warp import ArraySource
from engine.align.warpmap import WarpMap
from engine.music import Meter, TempoMap
from engine.stems import StemSource

RATE = 8_000


def told(music_beats: float, bars: int, meter: str = "4/4", silence_beats: float = 0.0, lead_s: float = 0.0) -> str:
    """Return what is told of noise of `music_beats` at 120 BPM, whose first downbeat is at `lead_s`."""
    noise = np.random.default_rng(1).standard_normal((round((lead_s + music_beats / 2) * RATE), 1)) * 0.1
    audio = np.concatenate([noise, np.zeros((round(silence_beats / 2 * RATE), 1))]).astype(np.float32)
    stems = StemSource(("a",), ArraySource(audio), RATE)
    error = GridError("", 120.0, 1.0, 2.0, 0.0, 9)
    report = AlignmentReport(error, WarpMap.constant(1.0, lead_s), "copy", "constant", 0.1, None, ())
    grid = TargetGrid(TempoMap.constant(120.0), Meter.parse(meter), bars * Meter.parse(meter).bar_beats)
    return " ".join(advice(stems, report, grid, told_source=False))


@pytest.mark.parametrize(
    ("music", "bars", "meter", "lead"),
    [(16, 4, "4/4", 0), (15.7, 4, "4/4", 0), (16.6, 4, "4/4", 0.3), (14, 4, "7/8", 0)],
)
def test_music_that_fits_is_left_alone(music: float, bars: int, meter: str, lead: float) -> None:
    assert told(music, bars, meter, lead_s=lead) == ""


def test_too_many_bars_are_told() -> None:
    assert told(16, 40) == "The music lasts only 4 of the 40 bars asked for; the rest is silence."
    assert "only 2.5 of the 4 bars" in told(10, 4, silence_beats=6)


def test_too_few_bars_are_told_unless_it_only_rings() -> None:
    assert "goes on after the 2 bars asked for" in told(16, 2)
    assert told(8.5, 2, silence_beats=8) == ""


@pytest.mark.parametrize(
    ("beats", "bars", "meter"), [(14, 4, "7/8"), (24, 8, "3/4"), (40, 8, "5/4"), (22, 4, "11/8")]
)
def test_a_meter_that_fits_better_is_named(beats: float, bars: int, meter: str) -> None:
    assert f"say --time-signature {meter}." in told(beats, bars)


@pytest.mark.parametrize(("beats", "bars"), [(14.2, 4), (8, 8), (12, 2), (32, 4), (70, 20)])
def test_no_meter_is_made_up(beats: float, bars: int) -> None:
    assert "--time-signature" not in told(beats, bars)


def test_the_grid_of_a_fraction_of_a_bar_is_no_hint_at_a_meter() -> None:
    stems = StemSource(("a",), ArraySource(np.ones((7 * RATE, 1), np.float32)), RATE)
    report = AlignmentReport(
        GridError("", None, None, None, None, 0), WarpMap.constant(), "copy", "x", None, None, ()
    )
    grid = TargetGrid(TempoMap.constant(120.0), Meter(4, 4), Fraction(14))
    assert advice(stems, report, grid, told_source=True) == ()
