"""Time signatures."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidValue
from engine.music import Meter
from engine.music.meter import DENOMINATORS, MAX_NUMERATOR

HUGE = 10**5000


@pytest.mark.parametrize(("numerator", "denominator"), list(product(range(1, MAX_NUMERATOR + 1), DENOMINATORS)))
def test_every_meter_that_is_allowed(numerator: int, denominator: int) -> None:
    meter = Meter(numerator, denominator)
    assert Meter.parse(f" {numerator} / {denominator} ") == Meter.parse(str(meter)) == meter
    assert meter.bar_beats == Fraction(4 * numerator, denominator)


@pytest.mark.parametrize(
    ("text", "beats"), [("4/4", 4), ("7/8", Fraction(7, 2)), ("12/8", 6), ("5/4", 5), ("3/16", 0.75)]
)
def test_a_bar_in_quarter_notes(text: str, beats: float) -> None:
    assert Meter.parse(text).bar_beats == beats


@pytest.mark.parametrize(
    "value",
    [
        *("", "4", "4/", "/4", "4/4/4", "0/4", "33/4", "4/0", "4/3", "4/64", "-4/4", "4.0/4", "4:4", "٤/٤", "4/4!"),
        *("9999/4", "1" * 5000 + "/4", " " * 60_000 + "!", None, 4, 0.75, [4, 4], b"4/4", HUGE),
    ],
    ids=lambda value: "huge" if value == HUGE else repr(value)[:20],
)
def test_what_is_no_meter_is_refused_by_name(value: object) -> None:
    with pytest.raises(InvalidValue, match="time_signature must be a time signature like 4/4") as caught:
        Meter.parse(value)
    assert len(str(caught.value)) < 400


@given(st.integers(), st.integers())
def test_any_two_numbers_are_a_meter_or_a_sentence(numerator: int, denominator: int) -> None:
    allowed = 1 <= numerator <= 32 and denominator in DENOMINATORS
    if allowed:
        assert Meter(numerator, denominator).bar_beats > 0
    else:
        with pytest.raises(InvalidValue, match="time_signature"):
            Meter(numerator, denominator)
