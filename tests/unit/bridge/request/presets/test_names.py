"""Names of presets: how they are compared, and which ones can be file names on every system."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.request.presets.names import MAX_BYTES, MAX_CHARS, check_name, slug
from engine.errors import InvalidValue


@pytest.mark.parametrize(
    ("name", "compared"),
    [
        ("Fast Prototyping", "fast-prototyping"),
        (" fast_prototyping! ", "fast-prototyping"),
        ("Full-Length Demo", "full-length-demo"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ﬁve", "five"),
        ("8-Bit", "8-bit"),
        ("日本の歌", "日本の歌"),
        ("!!!", ""),
        ("", ""),
    ],
)
def test_case_and_punctuation_do_not_count(name: str, compared: str) -> None:
    assert slug(name) == compared


@pytest.mark.parametrize("name", ["Mine", "Rock & Roll (slow)", "a.b", "100% me", "Console", "comet", "x" * 100])
def test_a_usual_name_is_taken_as_it_is(name: str) -> None:
    assert check_name(f"  {name} ") == name


def test_a_name_is_composed_so_that_every_system_spells_it_alike() -> None:
    assert check_name("Cafe\u0301") == "Café"


@pytest.mark.parametrize(
    "name",
    [
        *("", "   ", "!!!", "a/b", "a\\b", "a:b", "a?", 'a"b', "a|b", "a*", "<a>", "a\nb", "a\0b", "\ud800a"),
        *("..", ".hidden", "a.", "CON", "con.json", "com1.x", "COM¹", "lpt9", "nul ", "aux. b", "x" * 101, "é" * 101),
        "日" * 67,  # 201 bytes
    ],
)
def test_what_some_system_refuses_is_refused_with_what_is_allowed(name: str) -> None:
    with pytest.raises(InvalidValue, match="The name of a preset must be 1–100 characters"):
        check_name(name)


@settings(deadline=None)
@given(st.text(max_size=120))
def test_a_checked_name_fits_every_file_system_and_stays_the_same(name: str) -> None:
    try:
        checked = check_name(name)
    except InvalidValue:
        return
    assert check_name(checked) == checked
    assert 0 < len(checked) <= MAX_CHARS
    assert len(checked.encode()) <= MAX_BYTES
    assert not set(checked) & set('<>:"/\\|?*\0\n')
    assert checked == checked.strip()
    assert not checked.startswith(".")
    assert not checked.endswith(".")
    assert slug(checked) == slug(unicodedata.normalize("NFC", name))
