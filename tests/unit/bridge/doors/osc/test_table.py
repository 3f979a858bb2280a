"""The table of addresses: which argument lists fit, and what the refusal says."""

from __future__ import annotations

import math

import pytest

from bridge.doors.osc.table import INCOMING, OUTGOING, PREFIX, BadMessage, OscValue, match

CONTRACT_IN = {
    *("/hello", "/tempo", "/timesig", "/key", "/position", "/playing", "/region", "/project", "/set", "/params"),
    *("/loop", "/selection", "/midi"),
    *("/preset", "/genres", "/lyrics", "/generate", "/regenerate", "/again", "/cancel", "/status"),
    "/ping",
    "/take/placed",
}
CONTRACT_OUT = {
    *("/welcome", "/pong", "/error", "/job/accepted", "/job/progress", "/job/done", "/job/failed", "/job/cancelled"),
}


def test_all_addresses_of_the_contract_are_there() -> None:
    assert {PREFIX + name for name in CONTRACT_IN} == set(INCOMING)
    assert {PREFIX + name for name in CONTRACT_OUT} <= set(OUTGOING)


def test_only_i_f_and_s_are_needed() -> None:
    kinds = {arg.kind for table in (INCOMING, OUTGOING) for m in table.values() for form in m.forms for arg in form}
    assert kinds == {"i", "f", "s", "any"}
    assert "any" not in {arg.kind for m in OUTGOING.values() for form in m.forms for arg in form}


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("/tempo", (97.6,), (97.6,)),
        ("/tempo", (120,), (120.0,)),
        ("/tempo", (math.inf,), (math.inf,)),
        ("/timesig", (7, 8), (7, 8)),
        ("/timesig", (7.0, 8.0), (7, 8)),
        ("/key", ("",), ("",)),
        ("/hello", ("a", "b"), ("a", "b")),
        ("/hello", ("a", "b", "box-1"), ("a", "b", "box-1")),
        ("/hello", ("a", "b", 9000), ("a", "b", 9000)),
        ("/hello", ("a", "b", 9000.0), ("a", "b", 9000)),
        ("/project", ("/p",), ("/p",)),
        ("/project", ("/p", "song"), ("/p", "song")),
        ("/set", ("seed", 0), ("seed", 0)),
        ("/set", ("seed", ""), ("seed", "")),
        ("/set", ("cfg", 4.5), ("cfg", 4.5)),
        ("/generate", (), ()),
        ("/generate", (16,), (16.0,)),
        ("/generate", (16.0, 8), (16.0, 8.0)),
        ("/generate", ("{}",), ("{}",)),
        ("/regenerate", (), ()),
        ("/regenerate", ("ab",), ("ab",)),
        ("/ping", (), ()),
    ],
)
def test_fits(name: str, values: tuple[OscValue, ...], expected: tuple[OscValue, ...]) -> None:
    fitted = match(PREFIX + name, values)
    assert fitted == expected
    assert [type(value) for value in fitted] == [type(value) for value in expected]


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("/tempo", (), "not nothing"),
        ("/tempo", ("97.6",), "not '97.6'"),
        ("/tempo", (97.6, 4), "not 97.6, 4"),
        ("/timesig", (4.5, 4), "4.5"),
        ("/timesig", (math.nan, 4), "nan"),
        ("/timesig", (4,), "a whole number (numerator) and a whole number (denominator)"),
        ("/playing", (math.inf,), "inf"),
        ("/key", (4,), "text (key)"),
        ("/set", (1, "steps"), "text (name)"),
        ("/generate", ("{}", 8.0), "'{}', 8.0"),
        ("/generate", (1.0, 2.0, 3.0), "1.0, 2.0, 3.0"),
        ("/ping", (1,), "takes nothing, not 1"),
        ("/cancel", (7,), "7"),
    ],
)
def test_does_not_fit(name: str, values: tuple[OscValue, ...], sentence: str) -> None:
    with pytest.raises(BadMessage) as refused:
        match(PREFIX + name, values)
    assert sentence in str(refused.value)
    assert PREFIX + name in str(refused.value)


@pytest.mark.parametrize(
    "address", ["/stembridge", "/stembridge/", "/stembridge/Tempo", "/tempo", "/stembridge/pong"]
)
def test_unknown_addresses_are_named(address: str) -> None:
    with pytest.raises(BadMessage, match=address):
        match(address, ())
