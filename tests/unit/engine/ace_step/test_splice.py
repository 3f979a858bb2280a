from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.ace_step.splice import splice


@given(st.integers(0, 9_000), st.integers(1, 5_000))
def test_a_splice_changes_nothing_outside_its_region_and_has_no_jump(start: int, length: int) -> None:
    end = min(start + length, 10_000)
    source = np.full((10_000, 2), 0.5, np.float32)
    made = splice(source, -source, start, end, 48_000)
    assert np.array_equal(made[:start], source[:start])
    assert np.array_equal(made[end:], source[end:])
    # Half a cosine over the fade: its steepest step, twice half of full scale high.
    fade = min(1920, (end - start) // 2)
    steepest = 1.0 if fade < 2 else np.pi / 2 / fade + 1e-3
    # At an end of the source there is no fade, as there is nothing to join.
    joints = [at for at in (start, end) if 0 < at < 10_000]
    for at in joints:
        near = made[max(0, at - 1) : at + 1, 0]
        assert np.abs(np.diff(near)).max() <= steepest
    if len(joints) == 2:
        assert np.abs(np.diff(made[:, 0])).max() <= steepest


def test_a_splice_from_end_to_end_is_all_new() -> None:
    source, made = np.zeros((10_000, 2), np.float32), np.ones((10_000, 2), np.float32)
    assert np.array_equal(splice(source, made, 0, 10_000, 48_000), made)
