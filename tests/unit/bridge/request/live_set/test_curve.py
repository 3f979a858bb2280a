"""Tempo automation as a tempo map: lines over beats cut into ramps over time."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.request.live_set.curve import TempoCurve


@given(
    points=st.lists(st.tuples(st.integers(0, 64), st.floats(20, 400)), min_size=1, max_size=8),
    beat=st.floats(0, 80),
)
def test_every_curve_is_a_map_that_starts_where_it_was_asked_for(
    points: list[tuple[int, float]], beat: float
) -> None:
    curve = TempoCurve(tuple((float(at), bpm) for at, bpm in sorted(points, key=lambda point: point[0])))
    tempo_map = curve.map_from(beat)
    assert tempo_map.points[0].bpm == pytest.approx(curve.bpm_at(beat))
    assert all(first.bpm / second.bpm < 1.0101 for first, second in pairwise(tempo_map.points) if first.ramp)
