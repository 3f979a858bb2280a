from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ace_step.values import number, span, text
from engine.errors import InvalidValue

ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers(), max_size=3)


@pytest.mark.parametrize(("value", "read"), [(1, 1.0), (20, 20.0), (3.5, 3.5), (None, 8.0)])
def test_a_number_within_its_limits_is_read_as_a_float(value: object, read: float) -> None:
    assert number({"steps": value}, "steps", 8, 1, 20) == read
    assert number({}, "steps", 8, 1, 20) == 8


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (0.5, "steps must be 1–20, not 0.5"),
        (21, "steps must be 1–20, not 21"),
        (True, "steps must be a number from 1 to 20, not True"),
        ("8", "steps must be a number from 1 to 20, not '8'"),
        (math.nan, "steps must be a number from 1 to 20, not nan"),
        (math.inf, "steps must be a number from 1 to 20, not inf"),
        ([8], "steps must be a number from 1 to 20"),
    ],
)
def test_another_value_than_a_number_in_range_is_named(value: object, sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        number({"steps": value}, "steps", 8, 1, 20)


def test_a_text_is_trimmed_and_empty_if_absent() -> None:
    block = {"lora": "  warm \n", "task": "", "model": None}
    assert [text(block, name) for name in ("lora", "task", "model", "other")] == ["warm", "", "", ""]


@pytest.mark.parametrize("value", [3, True, ["a"], b"a"])
def test_another_value_than_a_text_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue, match="lora must be a text"):
        text({"lora": value}, "lora")


@pytest.mark.parametrize("value", [[0, 1], (0.5, 2), [1, 1.5]])
def test_a_span_is_read_as_two_floats(value: list[float]) -> None:
    read = span({"region": value}, "region")
    assert read == tuple(value)
    assert read is not None
    assert all(isinstance(part, float) for part in read)


@pytest.mark.parametrize(
    "value",
    [[], [1], [1, 2, 3], [1, 1], [2, 1], [-1, 1], ["0", "1"], [True, 2], [0, math.inf], [math.nan, 1], "01", {}],
)
def test_another_value_than_a_span_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue, match=r"region must be \[start, end\] in seconds, 0 <= start < end"):
        span({"region": value}, "region")


def test_an_absent_span_is_none() -> None:
    assert span({}, "region") is None
    assert span({"region": None}, "region") is None


@given(ANYTHING)
def test_every_value_is_read_or_refused(value: object) -> None:
    block = {"x": value}
    with suppress(InvalidValue):
        assert 0 <= number(block, "x", 1, 0, 9) <= 9
    with suppress(InvalidValue):
        assert text(block, "x") == text(block, "x").strip()
    with suppress(InvalidValue):
        start, end = span(block, "x") or (0, 1)
        assert 0 <= start < end
