"""The choice of the warp method: copying, varispeed or the vocoder."""

from __future__ import annotations

import numpy as np
import pytest

from engine.align.warp.choose import choose_method
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
