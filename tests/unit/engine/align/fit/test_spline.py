import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import BSpline

from engine.align.fit.spline import LeastSquares, Spline

NO_OFFSETS = (np.zeros((60, 0)), np.zeros(0))
X = np.arange(60) * 0.5


@settings(max_examples=30, deadline=None)
@given(slope=st.floats(0.1, 2.0), start=st.floats(-10.0, 10.0), stiffness=st.sampled_from([0.03, 30.0, 3e3]))
def test_a_straight_line_is_kept_however_stiff(slope: float, start: float, stiffness: float) -> None:
    curve, _offsets = LeastSquares(X, start + slope * X, *NO_OFFSETS, 1.0).smooth(np.ones(60), stiffness)
    beyond = np.array([-20.0, -0.3, 7.7, 29.5, 80.0])
    np.testing.assert_allclose(curve(beyond), start + slope * beyond, atol=1e-3)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-5.0, 5.0), min_size=4, max_size=12))
def test_the_curve_is_the_b_spline_of_its_coefficients(coefficients: list[float]) -> None:
    curve = Spline(2.0, 0.5, np.array(coefficients))
    knots = 2.0 + 0.5 * np.arange(-3, len(coefficients) + 1)
    x = np.linspace(2.0, 2.0 + 0.5 * (len(coefficients) - 3), 50)
    np.testing.assert_allclose(curve(x), BSpline(knots, np.array(coefficients), 3)(x), atol=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-0.05, 0.05), min_size=1, max_size=3), st.sampled_from([0.3, 30.0]))
def test_offsets_that_points_have_in_common_are_told_from_the_curve(offsets: list[float], stiffness: float) -> None:
    member = (np.arange(60) % 4)[:, None] == np.arange(1, len(offsets) + 1)
    y = 0.5 * X + member @ np.array(offsets)
    problem = LeastSquares(X, y, member.astype(float), np.zeros(len(offsets)), 1.0)
    curve, found = problem.smooth(np.ones(60), stiffness)
    np.testing.assert_allclose(found, offsets, atol=1e-4)
    np.testing.assert_allclose(curve(X), 0.5 * X, atol=1e-4)
    line, found = problem.polynomial(np.ones(60), 1)
    np.testing.assert_allclose(found, offsets, atol=1e-7)
    np.testing.assert_allclose(line(X), 0.5 * X, atol=1e-7)


def test_a_stiffer_curve_bends_less() -> None:
    y = 0.5 * X + 0.02 * np.sin(X)
    bends = [
        np.abs(np.diff(LeastSquares(X, y, *NO_OFFSETS, 1.0).smooth(np.ones(60), stiffness)[0](X), 2)).sum()
        for stiffness in (0.03, 3.0, 300.0)
    ]
    assert bends[0] > 1.5 * bends[1] > 2.0 * bends[2]


def test_points_without_weight_do_not_count() -> None:
    y = 0.5 * X
    y[10] += 3.0
    weights = np.ones(60)
    weights[10] = 0.0
    curve, _offsets = LeastSquares(X, y, *NO_OFFSETS, 1.0).smooth(weights, 0.3)
    assert curve(X[10:11])[0] == pytest.approx(2.5, abs=1e-5)
