"""The rigid map: attacks stay where the map puts them, and everything around them moves with them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.align.warp.lock import locked
from engine.align.warpmap import WarpMap

BENT = WarpMap(np.array([0.0, 2.0, 4.0]), np.array([0.0, 2.1, 4.0]))


def test_without_attacks_the_map_stays_as_it_is() -> None:
    assert locked(BENT, np.empty(0), 0.03).warp_map is BENT


def test_around_a_lone_attack_time_runs_as_in_the_source() -> None:
    lock = locked(BENT, np.array([1.0]), 0.03)
    at = BENT.to_target(np.array([1.0]))[0]
    offsets = np.linspace(-0.03, 0.03, 7)
    assert np.allclose(lock.warp_map.to_source(at + offsets), 1.0 + offsets)


def test_far_from_attacks_the_map_is_met_again() -> None:
    lock = locked(BENT, np.array([1.0]), 0.03)
    far = np.array([0.0, 0.5, 1.5, 3.0])
    assert np.allclose(lock.warp_map.to_target(far), BENT.to_target(far), atol=1e-9)


@given(
    st.lists(st.floats(0.02, 0.8), min_size=1, max_size=12),
    st.lists(st.floats(0.25, 4.0), min_size=1, max_size=4),
    st.floats(0.01, 0.1),
)
@example([0.5], [4.0], 0.0625)
def test_every_attack_keeps_its_place_and_the_map_its_direction(
    gaps_s: list[float], slopes: list[float], reach_s: float
) -> None:
    warp_map = WarpMap(np.arange(len(slopes) + 1.0), np.concatenate([[0.0], np.cumsum(slopes)]))
    attacks_s = np.cumsum(gaps_s)
    lock = locked(warp_map, attacks_s, reach_s)
    assert np.allclose(lock.warp_map.to_target(attacks_s), warp_map.to_target(attacks_s), atol=1e-6)
    assert (np.diff(lock.warp_map.source_s) > 0).all()
    assert (lock.starts_s[1:] >= lock.stops_s[:-1] - 1e-9).all()


def test_rigid_intervals_reach_to_both_sides_of_each_attack() -> None:
    attacks_s = np.array([0.5, 1.5, 3.0])
    lock = locked(BENT, attacks_s, 0.03)
    targets_s = BENT.to_target(attacks_s)
    np.testing.assert_allclose(lock.starts_s, targets_s - 0.03)
    np.testing.assert_allclose(lock.stops_s, targets_s + 0.03)
    for start_s, stop_s in zip(lock.starts_s, lock.stops_s, strict=True):
        inside_s = np.linspace(start_s + 1e-6, stop_s - 1e-6, 5)
        np.testing.assert_allclose(np.diff(lock.warp_map.to_source(inside_s)), np.diff(inside_s), atol=1e-9)


def test_close_attacks_share_the_room_between_them() -> None:
    lock = locked(WarpMap.constant(1.1), np.array([1.0, 1.02]), 0.05)
    assert lock.stops_s[0] < lock.starts_s[1]
    assert lock.starts_s[0] == pytest.approx(1.1 - 0.05)
    assert lock.stops_s[1] == pytest.approx(1.122 + 0.05)
    assert lock.stops_s[0] - 1.1 == pytest.approx(1.122 - lock.starts_s[1])


@pytest.mark.parametrize("stretch", [0.5, 0.9, 1.1, 2.0])
def test_between_attacks_the_map_is_at_most_four_times_as_steep_or_flat(stretch: float) -> None:
    attacks_s = np.arange(1.0, 3.0, 0.11)
    lock = locked(WarpMap.constant(stretch), attacks_s, 0.085)
    slopes = np.diff(lock.warp_map.source_s) / np.diff(lock.warp_map.target_s)
    between = slopes[np.abs(slopes - 1.0) > 1e-6]
    assert between.max() <= 4.0 / stretch * 1.01
    assert between.min() >= 0.25 / stretch * 0.99
