"""The words for what a key allows: they stand in error sentences, in `--help` and in the documentation."""

from __future__ import annotations

from typing import get_args

import pytest

from bridge.request.block.parameter import TYPES, Parameter, ValueKind

NUMBER = {"doc": "", "low": 10, "high": 240, "unit": "seconds"}


@pytest.mark.parametrize(
    ("parameter", "span", "allowed"),
    [
        (Parameter("a", "integer", **NUMBER), "10–240 seconds", "an integer, 10–240 seconds"),
        (Parameter("a", "number", **NUMBER), "10–240 seconds", "a number, 10–240 seconds"),
        (Parameter("a", "number", "", low=0.1, high=10), "0.1–10", "a number, 0.1–10"),
        (Parameter("a", "number", "", low=-12, high=12), "−12–12", "a number, −12–12"),
        (
            Parameter("a", "number", "", low=0, high=10_000, above=True, unit="bars"),
            "above 0, up to 10000 bars",
            "a number, above 0, up to 10000 bars",
        ),
        (Parameter("a", "boolean", ""), "", "true or false"),
        (Parameter("a", "choice", "", choices=("16", "24")), "one of 16, 24", "one of 16, 24"),
        (
            Parameter("a", "text", "", max_chars=2_000),
            "up to 2,000 characters",
            "text of up to 2,000 characters, no control characters or line breaks",
        ),
        (
            Parameter("a", "text", "", max_chars=64, multiline=True),
            "up to 64 characters",
            "text of up to 64 characters, no control characters",
        ),
        (
            Parameter("a", "region", ""),
            "[start, end] in seconds, 0 ≤ start < end",
            "[start, end] in seconds with 0 ≤ start < end ≤ 86400",
        ),
        (
            Parameter("a", "midi_part", ""),
            '{"stem": name, "file": path}; empty = none',
            '{"stem": name, "file": path of a MIDI file}',
        ),
    ],
)
def test_range_and_allowed_values_in_words(parameter: Parameter, span: str, allowed: str) -> None:
    assert parameter.range == span
    assert parameter.allowed == allowed


@pytest.mark.parametrize("kind", get_args(ValueKind))
def test_every_kind_of_value_has_a_json_type_and_a_sentence(kind: ValueKind) -> None:
    assert TYPES[kind] in {"string", "integer", "number", "boolean", "list", "object", "string or list"}
    assert Parameter("a", kind, "", choices=("x",), max_chars=1).allowed


def test_the_bounds_of_seeds_are_written_out() -> None:
    assert Parameter("a", "integer", "", low=0, high=2**32 - 1).range == "0–4294967295"
    assert "seeds 0–4294967295" in Parameter("a", "stem_seeds", "").range


def test_a_parameter_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Parameter("a", "boolean", "").name = "b"  # type: ignore[misc]
