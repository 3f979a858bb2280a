"""Rhythm patterns as text."""

import pytest

from engine.errors import InvalidValue
from engine.sketch.pattern import Mark, parse_pattern


def test_patterns_are_read_with_holds_and_silence() -> None:
    pattern = parse_pattern("9--. | a.2-", "29a", "here")
    assert pattern.steps == 8
    assert pattern.marks == (Mark(0, 3, "9"), Mark(4, 1, "a"), Mark(6, 2, "2"))
    assert parse_pattern("", "9", "here").steps == 0


@pytest.mark.parametrize("text", ["x...", "-...", "9.-.", "9..0"])
def test_patterns_refuse_what_they_do_not_know(text: str) -> None:
    with pytest.raises(InvalidValue, match="here"):
        parse_pattern(text, "123456789", "here")
