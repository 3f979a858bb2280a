"""Accents: places on the beat path, weights at places, and phases where attacks cluster."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.align.track.accents import moments, positions, wrapped


@settings(deadline=None)
@given(st.lists(st.floats(0.2, 2.0), min_size=2, max_size=20), st.floats(-5.0, 40.0))
def test_positions_and_moments_are_inverse(gaps: list[float], place: float) -> None:
    beats_s = np.cumsum(gaps)
    assert positions(moments(np.array([place]), beats_s), beats_s)[0] == pytest.approx(place, abs=1e-6)


@settings(deadline=None)
@given(st.floats(-100.0, 100.0))
def test_wrapped_goes_the_short_way(phase: float) -> None:
    assert -0.5 <= wrapped(phase) <= 0.5
    turns = phase - float(wrapped(phase))
    assert turns == pytest.approx(round(turns), abs=1e-9)
