"""Rhythm patterns as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidValue
from engine.sketch.pattern import ARP_MARKS, BASS_MARKS, LEVEL_MARKS, Mark, Pattern, parse_pattern


def test_patterns_are_read_with_holds_and_silence() -> None:
    pattern = parse_pattern("9--. | a.2-", "29a", "here")
    assert pattern.steps == 8
    assert pattern.marks == (Mark(0, 3, "9"), Mark(4, 1, "a"), Mark(6, 2, "2"))
    assert parse_pattern("", "9", "here").steps == 0


@pytest.mark.parametrize("text", ["x...", "-...", "9.-.", "9..0"])
def test_patterns_refuse_what_they_do_not_know(text: str) -> None:
    with pytest.raises(InvalidValue, match="here"):
        parse_pattern(text, "123456789", "here")


def test_spaces_and_bar_lines_are_ignored() -> None:
    assert (
        parse_pattern("9 | 5 -", "95", "x")
        == parse_pattern("95-", "95", "x")
        == Pattern(3, (Mark(0, 1, "9"), Mark(1, 2, "5")))
    )


def test_a_hold_needs_a_note_right_before_it() -> None:
    assert parse_pattern("9---", "9", "x").marks == (Mark(0, 4, "9"),)
    with pytest.raises(
        InvalidValue, match=r"""^x must be made of "\." for silence, "-" after a note, and '9', not"""
    ):
        parse_pattern("9.-", "9", "x")


def test_marks_of_each_part() -> None:
    assert parse_pattern("Rr3578nx?wN", BASS_MARKS, "x").steps == 11
    assert parse_pattern("1234567nm?", ARP_MARKS, "x").steps == 10
    assert parse_pattern("19ai", LEVEL_MARKS, "x").steps == 4
    with pytest.raises(InvalidValue):
        parse_pattern("8", ARP_MARKS, "x")


@given(st.text("9a. |-", max_size=40))
def test_notes_of_a_pattern_follow_one_another_within_it(text: str) -> None:
    try:
        pattern = parse_pattern(text, "9a", "x")
    except InvalidValue:
        steps = text.replace(" ", "").replace("|", "")
        assert steps.startswith("-") or ".-" in steps
    else:
        ends = [0, *(mark.at + mark.hold for mark in pattern.marks)]
        assert all(mark.at >= end for mark, end in zip(pattern.marks, ends, strict=False))
        assert ends[-1] <= pattern.steps == len(text.replace(" ", "").replace("|", ""))
