"""The rigid map: attacks stay where the map puts them, and everything around them moves with them."""

from __future__ import annotations

import numpy as np
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
