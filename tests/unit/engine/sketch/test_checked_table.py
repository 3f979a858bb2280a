"""A table of a style file that checks what is read out of it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidValue
from engine.sketch.checked_table import CheckedTable


def table(**values: object) -> CheckedTable:
    return CheckedTable(values, "x.toml: ")


@pytest.mark.parametrize("data", [3, None, "text", ["a"]])
def test_what_is_no_table_is_refused_by_its_place(data: object) -> None:
    with pytest.raises(InvalidValue, match=r"^x\.toml: parts must be a table, not"):
        CheckedTable(data, "x.toml: parts.")


def test_an_error_in_a_nested_table_has_the_whole_path() -> None:
    lead = table(parts={"lead": {"gate": 2}}).table("parts").table("lead")
    assert lead.name("gate") == "x.toml: parts.lead.gate"
    with pytest.raises(InvalidValue, match=r"^x\.toml: parts\.lead\.gate must be a number from 0\.1 to 1, not 2\.$"):
        lead.number("gate", 0.1, 1)


def test_a_missing_key_takes_its_default_or_is_refused() -> None:
    assert table().get("a", 7) == 7
    assert table().number("a", 0, 10, 3) == 3.0
    with pytest.raises(InvalidValue, match=r"^x\.toml: a must be given, not 'nothing'\.$"):
        table().get("a")


@pytest.mark.parametrize("value", ["", "  \n", 3, ["a"]])
def test_a_text_is_not_blank(value: object) -> None:
    assert table(a=" word ").text("a") == " word "
    with pytest.raises(InvalidValue, match="a must be a text"):
        table(a=value).text("a")


@pytest.mark.parametrize("value", [True, "1", -0.01, 1.01, float("nan")])
def test_a_number_outside_its_range_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue, match="a must be a number from 0 to 1"):
        table(a=value).number("a", 0, 1)


@given(st.integers(-5, 5) | st.floats(-5, 5))
def test_a_number_within_its_range_is_read_as_it_is(value: float) -> None:
    assert table(a=value).number("a", -5, 5) == value


@pytest.mark.parametrize("value", [[], "abc", 3])
def test_a_list_has_something_in_it(value: object) -> None:
    assert table(a=[1, "b"]).list("a") == [1, "b"]
    with pytest.raises(InvalidValue, match="a must be a list that is not empty"):
        table(a=value).list("a")


def test_a_list_of_texts_has_nothing_else_in_it() -> None:
    assert table(a=["b", ""]).texts("a") == ("b", "")
    with pytest.raises(InvalidValue, match="a must be a list of texts, not 4"):
        table(a=["b", 4]).texts("a")


@pytest.mark.parametrize(("text", "value"), [("3/5", Fraction(3, 5)), ("0.5", Fraction(1, 2)), ("1", Fraction(1))])
def test_fractions_are_written_as_texts(text: str, value: Fraction) -> None:
    assert table(a=text).fraction("a", Fraction(1, 2), Fraction(1)) == value


@pytest.mark.parametrize("text", ["2/5", "1/0", "half", "3/2"])
def test_other_fractions_are_refused_with_the_range(text: str) -> None:
    with pytest.raises(InvalidValue, match='a must be a fraction from "1/2" to "1", not'):
        table(a=text).fraction("a", Fraction(1, 2), Fraction(1))


def test_a_text_that_is_no_fraction_is_refused_whatever_the_range() -> None:
    with pytest.raises(InvalidValue, match='a must be a fraction from "0" to "9", not'):
        table(a="1/0").fraction("a", Fraction(0), Fraction(9))


def test_keys_that_were_not_read_are_named_at_the_end() -> None:
    checked = table(c=1, b=2, a=3)
    assert list(checked) == ["c", "b", "a"]
    checked.get("b")
    with pytest.raises(InvalidValue, match=r"^x\.toml must be without keys nobody knows, not 'a, c'\.$"):
        checked.close()
    checked.get("a")
    checked.get("c")
    checked.close()
