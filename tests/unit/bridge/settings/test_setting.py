"""One setting: the values it takes, and the words for them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.settings.setting import MAX_CHARS, Setting, SettingKind, SettingValue
from engine.errors import InvalidValue


def setting(
    kind: SettingKind, default: SettingValue = "", low: float = 0, high: float = 0, unit: str = ""
) -> Setting:
    choices = ("dark", "light") if kind == "choice" else ()
    return Setting("thing", kind, default, "Group", "Label", "What it does.", low, high, unit, choices)


PORT = setting("integer", 0, 0, 65_535)
LEVEL = setting("number", -9.0, -40, 0, "dB")


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (PORT, "a whole number, 0–65535"),
        (LEVEL, "a number, −40–0 dB"),
        (setting("boolean", False), "true or false"),
        (setting("choice", "dark"), "one of dark, light"),
        (setting("folder"), "the path of a folder, or empty"),
        (setting("text"), "text"),
        (setting("secret"), "text"),
        (setting("device"), "text"),
    ],
    ids=lambda one: one.kind if isinstance(one, Setting) else "",
)
def test_the_allowed_values_are_told_in_words(one: Setting, words: str) -> None:
    assert one.allowed == words
    with pytest.raises(InvalidValue, match="thing must be"):
        one.check(None)


@pytest.mark.parametrize("value", [0, 1, 65_535])
def test_whole_numbers_in_the_range_are_taken_as_they_are(value: int) -> None:
    assert PORT.check(value) == value
    assert type(PORT.check(value)) is int


@pytest.mark.parametrize("value", [-1, 65_536, True, 1.0, "1", math.nan, [1], 10**400])
def test_other_values_are_no_whole_number_of_the_range(value: object) -> None:
    with pytest.raises(InvalidValue, match="a whole number, 0–65535"):
        PORT.check(value)


def test_a_number_becomes_a_float() -> None:
    assert type(LEVEL.check(-9)) is float
    assert LEVEL.check(-40) == -40.0


@pytest.mark.parametrize("value", [0.001, -40.001, math.nan, math.inf, -math.inf, False, "0"])
def test_a_number_outside_the_range_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue, match="−40–0 dB"):
        LEVEL.check(value)


def test_only_true_and_false_are_boolean() -> None:
    switch = setting("boolean", False)
    assert (switch.check(True), switch.check(False)) == (True, False)
    for value in (0, 1, "true", None):
        with pytest.raises(InvalidValue, match="true or false"):
            switch.check(value)


@pytest.mark.parametrize("kind", ["text", "folder", "device", "secret"])
def test_text_is_limited_in_length_and_has_no_null(kind: SettingKind) -> None:
    one = setting(kind)
    assert one.check("x" * MAX_CHARS) == "x" * 4096
    for value in ("x" * (MAX_CHARS + 1), "a\0b", 3, b"x"):
        with pytest.raises(InvalidValue):
            one.check(value)


def test_a_choice_is_taken_literally() -> None:
    theme = setting("choice", "dark")
    assert theme.check("light") == "light"
    for value in ("Light", "light ", "", "pink"):
        with pytest.raises(InvalidValue, match="dark, light"):
            theme.check(value)


@given(st.integers() | st.floats() | st.booleans() | st.text() | st.none())
def test_whatever_is_accepted_is_accepted_again_unchanged(value: object) -> None:
    for one in (PORT, LEVEL, setting("boolean", False), setting("text"), setting("choice", "dark")):
        try:
            checked = one.check(value)
        except InvalidValue:
            continue
        assert one.check(checked) == checked == value
