"""Tempo automation as a tempo map: lines over beats cut into ramps over time."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.request.live_set.curve import TempoCurve
from engine.errors import InvalidValue
from engine.music import TempoMap, TempoPoint


@given(
    points=st.lists(st.tuples(st.integers(0, 64), st.floats(20, 400)), min_size=1, max_size=8),
    beat=st.floats(0, 80),
)
def test_every_curve_is_a_map_that_starts_at_the_requested_beat(points: list[tuple[int, float]], beat: float) -> None:
    curve = TempoCurve(tuple((float(at), bpm) for at, bpm in sorted(points, key=lambda point: point[0])))
    tempo_map = curve.map_from(beat)
    assert tempo_map.points[0].bpm == pytest.approx(curve.bpm_at(beat))
    assert all(first.bpm / second.bpm < 1.0101 for first, second in pairwise(tempo_map.points) if first.ramp)


LINE = TempoCurve(((0.0, 60.0), (8.0, 120.0)))
JUMP = TempoCurve(((0.0, 100.0), (4.0, 100.0), (4.0, 140.0), (8.0, 140.0)))


@pytest.mark.parametrize(("beat", "bpm"), [(0.0, 60.0), (2.0, 75.0), (4.0, 90.0), (8.0, 120.0), (99.0, 120.0)])
def test_the_tempo_is_linear_over_beats_and_holds_after_the_last_breakpoint(beat: float, bpm: float) -> None:
    assert LINE.bpm_at(beat) == bpm


def test_the_first_breakpoint_holds_before_it() -> None:
    assert TempoCurve(((4.0, 90.0), (8.0, 120.0))).bpm_at(0.0) == 90.0


def test_a_jump_has_the_tempo_after_it_and_needs_no_ramp() -> None:
    assert (JUMP.bpm_at(3.999), JUMP.bpm_at(4.0)) == (100.0, 140.0)
    assert JUMP.map_from(0.0) == TempoMap([TempoPoint(0.0, 100.0), TempoPoint(4.0, 140.0)])
    assert JUMP.map_from(3.0) == TempoMap([TempoPoint(0.0, 100.0), TempoPoint(1.0, 140.0)])


def test_a_constant_tempo_is_a_map_of_one_point() -> None:
    assert TempoCurve(((0.0, 97.6), (8.0, 97.6))).map_from(2.0) == TempoMap.constant(97.6)


def test_a_small_change_is_one_ramp_that_ends_just_before_the_breakpoint() -> None:
    points = TempoCurve(((0.0, 100.0), (4.0, 100.5))).map_from(0.0).points
    assert points == (TempoPoint(0.0, 100.0, True), TempoPoint(4.0 - 1e-6, 100.5))


def test_a_doubling_is_cut_into_ramps_of_at_most_one_percent() -> None:
    points = LINE.map_from(0.0).points
    assert sum(point.ramp for point in points) == 70  # ln 2 / ln 1.01 = 69.66
    assert LINE.map_from(0.0).seconds(8.0) == pytest.approx(8 * math.log(2), rel=1e-5)


@pytest.mark.parametrize("bpm", [19.99, 400.01])
def test_a_tempo_outside_the_range_is_refused(bpm: float) -> None:
    with pytest.raises(InvalidValue, match="tempo automation must be 20–400 beats per minute"):
        TempoCurve(((0.0, 100.0), (4.0, bpm))).map_from(0.0)
