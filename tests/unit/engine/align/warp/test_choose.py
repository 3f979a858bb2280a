"""The choice of the warp method: copying, varispeed or the vocoder."""

from __future__ import annotations

import numpy as np
import pytest

from engine.align.warp.choose import VARISPEED_CENTS, choose_method
from engine.align.warpmap import WarpMap


@pytest.mark.parametrize(
    ("stretch", "method"), [(1.0, "copy"), (1.002, "varispeed"), (0.998, "varispeed"), (1.01, "vocoder")]
)
def test_the_gentlest_method_is_chosen(stretch: float, method: str) -> None:
    assert choose_method(WarpMap.constant(stretch), 10.0) == method


def test_a_pitch_shift_always_needs_the_vocoder() -> None:
    assert choose_method(WarpMap.constant(), 10.0, pitch_shifted=True) == "vocoder"


def test_bends_outside_the_target_do_not_count() -> None:
    late = WarpMap(np.array([0.0, 10.0, 11.0]), np.array([0.0, 10.0, 12.0]))
    assert choose_method(late, 9.0) == "copy"
    assert choose_method(late, 10.5) == "vocoder"


@pytest.mark.parametrize(
    ("cents", "method"), [(4.9, "varispeed"), (5.1, "vocoder"), (-4.9, "varispeed"), (-5.1, "vocoder")]
)
def test_resampling_may_change_the_pitch_by_five_cents(cents: float, method: str) -> None:
    assert VARISPEED_CENTS == 5.0
    assert choose_method(WarpMap.constant(2 ** (cents / 1200)), 10.0) == method


@pytest.mark.parametrize(("wobble_s", "method"), [(2e-6, "copy"), (4e-6, "varispeed")])
def test_a_map_within_a_fraction_of_a_frame_of_a_shift_is_one(wobble_s: float, method: str) -> None:
    warp_map = WarpMap(np.array([0.3, 5.3, 10.3]), np.array([0.0, 5.0 + wobble_s, 10.0]))
    assert choose_method(warp_map, 10.0) == method


def test_one_steep_piece_decides() -> None:
    warp_map = WarpMap(np.array([0.0, 4.0, 5.0, 9.0]), np.array([0.0, 4.0, 5.1, 9.1]))
    assert choose_method(warp_map, 9.0) == "vocoder"
    assert choose_method(warp_map, 4.0) == "copy"


def test_no_length_at_all_is_a_copy() -> None:
    assert choose_method(WarpMap.constant(), 0.0) == "copy"
