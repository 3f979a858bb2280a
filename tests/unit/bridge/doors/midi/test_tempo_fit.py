"""Straight lines through tick times: exact on exact ticks, unmoved by outliers, and split where the tempo changes."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.doors.midi.tempo_fit import change_point, fit
from tests.helpers.midi_events import ticks


@given(start_s=st.floats(-1e4, 1e4), interval_s=st.floats(0.006, 0.125), count=st.integers(12, 200))
def test_exact_ticks_give_their_line_back(start_s: float, interval_s: float, count: int) -> None:
    line = fit([start_s + number * interval_s for number in range(count)])
    assert line.interval_s == pytest.approx(interval_s, abs=1e-9)
    assert line.at(count) == pytest.approx(start_s + count * interval_s, abs=1e-6)
    assert line.jitter_s == pytest.approx(0.0, abs=1e-9)


def test_a_line_through_four_points_is_the_one_worked_out_by_hand() -> None:
    """Slope 1.2 and start −0.3: residuals 0.3, −0.9, 0.9 and −0.3, whose squares are 1.8 in all."""
    line = fit([0.0, 0.0, 3.0, 3.0])
    assert (line.interval_s, line.start_s) == (pytest.approx(1.2), pytest.approx(-0.3))
    assert line.jitter_s == pytest.approx(math.sqrt(1.8 / 2))
    assert line.slope_error_s == pytest.approx(math.sqrt(0.9 / 5.0))


def test_single_late_ticks_are_left_out_and_many_are_not() -> None:
    noise = random.Random(1)
    times = [0.02 * number + noise.gauss(0, 1e-4) for number in range(100)]
    few = [time + (0.015 if number in (10, 90) else 0) for number, time in enumerate(times)]
    many = [time + (0.015 if number >= 80 else 0) for number, time in enumerate(times)]
    assert fit(few).jitter_s < 2e-4
    assert fit(many).jitter_s > 1e-3


def test_the_standard_error_is_that_of_gauss_and_markov() -> None:
    """σ·√(12 / (N³ − N)), over 200 clocks of 96 ticks with 1 ms of jitter."""
    slopes = [fit(ticks((120, 2), jitter_s=0.001, seed=seed)).interval_s for seed in range(200)]
    spread = math.sqrt(sum((slope - 1 / 48) ** 2 for slope in slopes) / len(slopes))
    assert spread == pytest.approx(0.001 * math.sqrt(12 / (96**3 - 96)), rel=0.15)


@pytest.mark.parametrize(("before", "after"), [(120.0, 140.0), (140.0, 90.0), (60.0, 61.0)])
def test_a_change_of_tempo_is_found_at_its_tick(before: float, after: float) -> None:
    times = [60 / (24 * before) * number for number in range(40)]
    times += [times[-1] + 60 / (24 * after) * number for number in range(1, 21)]
    assert abs(change_point(times, 8) - 40) <= 1, "the tick at the change belongs to both lines"


def test_the_second_line_has_as_many_ticks_as_asked_for() -> None:
    times = [0.02 * number for number in range(20)] + [0.5]
    assert change_point(times, 8) <= len(times) - 8
