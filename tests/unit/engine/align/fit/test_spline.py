import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import BSpline

from engine.align.fit.spline import LeastSquares, Polynomial, Spline, _penalty, basis

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


@settings(max_examples=50, deadline=None)
@given(st.floats(-5.0, 40.0), st.sampled_from([0.25, 1.0, 3.0]))
def test_the_shares_of_a_point_are_positive_and_sum_to_1(x: float, spacing: float) -> None:
    piece, shares = basis(np.array([x]), -5.0, spacing, 200)
    assert shares.shape == (4, 1)
    assert shares.min() >= 0.0
    assert shares.sum() == pytest.approx(1.0)
    assert -5.0 + spacing * piece[0] <= x + 1e-9


def test_at_a_knot_the_shares_are_a_sixth_two_thirds_and_a_sixth() -> None:
    piece, shares = basis(np.array([3.0]), 0.0, 1.0, 10)
    assert piece.tolist() == [3]
    np.testing.assert_allclose(shares[:, 0], [1 / 6, 4 / 6, 1 / 6, 0.0])


def test_the_penalty_is_that_of_squared_second_differences() -> None:
    count, coefficients = 7, np.random.default_rng(0).standard_normal(7)
    bands = _penalty(count, 2.5)
    matrix = sum(np.diag(bands[3 - k, k:], k) + (np.diag(bands[3 - k, k:], -k) if k else 0) for k in range(4))
    expected = 2.5 * float((np.diff(coefficients, 2) ** 2).sum())
    assert float(coefficients @ matrix @ coefficients) == pytest.approx(expected)


def test_a_spline_goes_on_straight_beyond_its_ends() -> None:
    curve = Spline(0.0, 1.0, np.array([0.0, 1.0, 4.0, 9.0, 16.0]))
    left, right = np.array([-3.0, -2.0, -1.0]), np.array([3.0, 4.0, 5.0])
    np.testing.assert_allclose(np.diff(curve(left)), 2.0)  # half of 4 − 0
    np.testing.assert_allclose(np.diff(curve(right)), 6.0)  # half of 16 − 4
    assert curve(np.array([0.0]))[0] == pytest.approx(curve(np.array([-1e-9]))[0], abs=1e-6)


@pytest.mark.parametrize("degree", [1, 2])
def test_a_polynomial_of_its_own_degree_is_found_again(degree: int) -> None:
    y = 3.0 + 0.5 * X + (0.01 * X**2 if degree == 2 else 0.0)
    curve, offsets = LeastSquares(X, y, *NO_OFFSETS, 1.0).polynomial(np.ones(60), degree)
    assert len(offsets) == 0
    np.testing.assert_allclose(
        curve(np.array([-10.0, 12.3, 100.0])),
        3.0
        + 0.5 * np.array([-10.0, 12.3, 100.0])
        + (0.01 * np.array([-10.0, 12.3, 100.0]) ** 2 if degree == 2 else 0.0),
    )


def test_a_polynomial_is_taken_in_its_own_units() -> None:
    assert Polynomial(10.0, 2.0, np.array([1.0, 3.0]))(np.array([10.0, 12.0])).tolist() == [1.0, 4.0]


def test_a_ridge_pulls_an_offset_to_zero() -> None:
    member = (np.arange(60) % 2 == 1).astype(float)[:, None]
    y = 0.5 * X + 0.03 * member[:, 0]
    free, held = (
        LeastSquares(X, y, member, np.array([ridge]), 1.0).polynomial(np.ones(60), 1)[1][0] for ridge in (0.0, 1e6)
    )
    assert free == pytest.approx(0.03, abs=1e-6)
    assert abs(held) < 1e-3
