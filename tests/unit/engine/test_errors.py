"""The errors that users read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Cancelled, EngineFailed, EngineUnavailable, InvalidValue, ModelFault, StemBridgeError


@pytest.mark.parametrize(
    ("given_value", "sentence"),
    [
        (0, "tempo must be 20–400, not 0."),
        ("fast", "tempo must be 20–400, not 'fast'."),
        (None, "tempo must be 20–400, not None."),
        ([1, "a"], "tempo must be 20–400, not [1, 'a']."),
        (10**5000, "tempo must be 20–400, not something of type int."),
        ("x" * 500, "tempo must be 20–400, not '" + "x" * 117 + "…'."),
    ],
    ids=["number", "text", "nothing", "list", "endless", "long"],
)
def test_a_wrong_value_is_shown_with_what_is_allowed(given_value: object, sentence: str) -> None:
    error = InvalidValue("tempo", given_value, "20–400")
    assert str(error) == sentence
    assert (error.name, error.given, error.allowed) == ("tempo", given_value, "20–400")


def test_endless_nesting_is_shown_too() -> None:
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    assert "something of type list" in str(InvalidValue("tempo_map", nested, "a list"))


@given(st.text() | st.binary() | st.floats() | st.lists(st.text()) | st.dictionaries(st.text(), st.integers()))
def test_whatever_was_given_the_sentence_is_short(value: object) -> None:
    sentence = str(InvalidValue("key", value, "a key"))
    assert sentence.startswith("key must be a key, not ")
    assert sentence.endswith(".")
    assert len(sentence) < 1000


def test_the_tree() -> None:
    assert issubclass(InvalidValue, ValueError)
    for kind in (InvalidValue, EngineUnavailable, EngineFailed, ModelFault, Cancelled):
        assert issubclass(kind, StemBridgeError)
    assert str(Cancelled()).endswith(".")


@pytest.mark.parametrize("length", [118, 119, 120, 121, 122])
def test_long_values_are_cut_at_120_characters(length: int) -> None:
    shown = str(InvalidValue("name", "x" * length, "short")).split("'")[1]
    assert len(shown) == min(length, 118 if length > 120 else length)
    assert shown.endswith("…") is (length > 120)


@pytest.mark.parametrize("kind", [EngineFailed, EngineUnavailable, ModelFault])
def test_a_sentence_is_shown_as_it_is(kind: type[StemBridgeError]) -> None:
    assert str(kind("The disk is full.")) == "The disk is full."
