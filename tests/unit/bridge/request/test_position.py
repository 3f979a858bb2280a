"""The position of a take in JSON requests."""

from __future__ import annotations

import math

import pytest

from bridge.request.position import check_place, pop_place
from engine.errors import InvalidValue


@pytest.mark.parametrize("value", [0, 0.0, 16.5, 1_000_000])
def test_any_beat_from_the_start_on_is_taken_as_float(value: float) -> None:
    checked = check_place("start_beat", value)
    assert (checked, type(checked)) == (value, float)


@pytest.mark.parametrize("value", [-0.001, 1_000_000.5, math.nan, math.inf, True, "16", None, [1]])
def test_what_is_no_position_is_refused_with_its_unit(value: object) -> None:
    with pytest.raises(InvalidValue, match="start_beat must be 0–1000000 quarter-note beats from"):
        check_place("start_beat", value)
    with pytest.raises(InvalidValue, match="start_seconds must be 0–1000000 seconds from the project's start"):
        check_place("start_seconds", value)


def test_positions_are_taken_out_of_the_block() -> None:
    block: dict[str, object] = {"genres": "funk", "start_seconds": 2}
    assert pop_place(block) == (None, 2.0)
    assert block == {"genres": "funk"}
    assert pop_place({"start_beat": 4, "start_seconds": 0}) == (4.0, 0.0)
