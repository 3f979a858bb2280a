"""The scripts' JSON writer and reply reader, in both versions of Lua that REAPER has had."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.doors.files.reply import refusal
from tests.helpers.lua_text import RUNTIMES, TEXTS
from tests.helpers.reaper_stub.session import LUAS

unicode_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
both_luas = pytest.mark.parametrize("lua", sorted(LUAS))


def to_lua(version: str, value: object) -> Any:  # noqa: ANN401
    """Return a JSON value as a Lua value, with lists marked as such."""
    lua, text = RUNTIMES[version], TEXTS[version]
    if isinstance(value, dict):
        return lua.table_from({name: to_lua(version, entry) for name, entry in value.items()})
    if isinstance(value, list):
        return text["list"](lua.table_from([to_lua(version, entry) for entry in value]))
    return value


@both_luas
@given(
    value=st.recursive(
        st.booleans()
        | st.integers(-(2**53), 2**53)
        | st.floats(allow_nan=False, allow_infinity=False)
        | unicode_text,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(unicode_text, inner, max_size=4),
        max_leaves=10,
    )
)
def test_json_written_by_lua_is_read_by_python(lua: str, value: object) -> None:
    assert json.loads(TEXTS[lua]["to_json"](to_lua(lua, value))) == value


@both_luas
@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_cannot_express_is_an_error(lua: str, number: float) -> None:
    with pytest.raises(LUAS[lua].LuaError, match="not a number"):
        TEXTS[lua]["to_json"](number)


@both_luas
@given(value=unicode_text, as_ascii=st.booleans())
def test_a_path_in_companion_json_is_read_unchanged(lua: str, value: str, as_ascii: bool) -> None:
    document = json.dumps({"pid": 1, "mailbox": value, "token": "mailbox"}, ensure_ascii=as_ascii)
    assert TEXTS[lua]["json_field"](document, "mailbox") == value


@both_luas
@pytest.mark.parametrize("path", [r"C:\new\temp\reaper\u0041", r"C:\Users\Jürgen\n", "\\", '"', "/mnt/😀\\t"])
def test_backslashes_of_windows_paths_are_not_read_as_escapes(lua: str, path: str) -> None:
    assert TEXTS[lua]["json_field"](json.dumps({"mailbox": path}), "mailbox") == path


@both_luas
def test_a_field_that_is_not_there_is_nil(lua: str) -> None:
    assert TEXTS[lua]["json_field"]('{"pid": 1, "mailbox": 3}', "mailbox") is None


@both_luas
@given(sentence=unicode_text)
def test_any_sentence_is_read_unchanged_from_a_reply(lua: str, sentence: str) -> None:
    lines = TEXTS[lua]["read_reply"](refusal(sentence))
    assert [list(line.values()) for line in lines.values()] == [
        ["stembridge", "1"],
        ["state", "failed"],
        ["message", sentence],
        ["end"],
    ]


@both_luas
@given(cut=st.integers(0, 200))
def test_a_reply_that_is_cut_off_anywhere_is_nil(lua: str, cut: int) -> None:
    whole = refusal("The disk is full.")
    part = whole[: min(cut, len(whole) - 1)]
    assert TEXTS[lua]["read_reply"](part) is None
