"""The warp map: straight lines between its pairs, the outermost ones continued, and only usable pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.align.warpmap import WarpMap
from engine.errors import InvalidValue

BENT = WarpMap(np.array([1.0, 2.0, 4.0]), np.array([0.0, 2.0, 3.0]))


def test_times_between_pairs_lie_on_straight_lines_and_outside_on_the_outermost_ones() -> None:
    source_s = np.array([0.0, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0])
    target_s = np.array([-2.0, 0.0, 1.0, 2.0, 2.5, 3.0, 4.0])
    np.testing.assert_allclose(BENT.to_target(source_s), target_s)
    np.testing.assert_allclose(BENT.to_source(target_s), source_s)


def test_the_shape_of_the_times_is_kept() -> None:
    assert BENT.to_target(np.zeros((2, 3))).shape == (2, 3)
    assert BENT.to_source(np.empty(0)).shape == (0,)


@given(
    gaps=st.lists(st.tuples(st.floats(0.01, 10.0), st.floats(0.01, 10.0)), min_size=1, max_size=8),
    start_s=st.floats(-5.0, 5.0),
    time_s=st.floats(-50.0, 150.0),
)
def test_both_directions_are_inverse(gaps: list[tuple[float, float]], start_s: float, time_s: float) -> None:
    source_s, target_s = np.concatenate([[[start_s, 0.0]], gaps]).cumsum(axis=0).T
    warp_map = WarpMap(source_s, target_s)
    back_s = warp_map.to_source(warp_map.to_target(np.array([time_s])))
    assert back_s[0] == pytest.approx(time_s, abs=1e-6)


def test_a_constant_map_stretches_everything_from_its_start() -> None:
    twice = WarpMap.constant(2.0, 0.5)
    np.testing.assert_allclose(twice.to_target(np.array([0.0, 0.5, 1.5, 10.5])), [-1.0, 0.0, 2.0, 20.0])
    np.testing.assert_array_equal(WarpMap.constant().to_target(np.array([0.25, 7.0])), [0.25, 7.0])


def test_a_shift_moves_the_target_alone_and_leaves_the_map_it_came_from() -> None:
    later = BENT.shifted(0.25)
    np.testing.assert_allclose(later.to_target(np.array([1.0, 3.0])), [0.25, 2.75])
    np.testing.assert_array_equal(later.source_s, BENT.source_s)
    np.testing.assert_array_equal(BENT.target_s, [0.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "times",
    [[1.0], [1.0, 1.0], [2.0, 1.0], [0.0, np.nan], [0.0, np.inf], [[0.0, 1.0]]],
    ids=["one", "equal", "falling", "nan", "infinite", "two rows"],
)
@pytest.mark.parametrize("name", ["source_s", "target_s"])
def test_pairs_that_are_no_map_are_named(name: str, times: list[float]) -> None:
    pairs = {"source_s": np.array([0.0, 1.0]), "target_s": np.array([0.0, 1.0]), name: np.array(times)}
    with pytest.raises(InvalidValue, match=rf"^{name} must be two or more finite times in seconds, strictly rising"):
        WarpMap(**pairs)


def test_sides_of_different_length_are_refused() -> None:
    with pytest.raises(InvalidValue, match=r"source_s must be as many times as target_s \(3\)"):
        WarpMap(np.array([0.0, 1.0]), np.array([0.0, 1.0, 2.0]))
