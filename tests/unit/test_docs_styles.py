"""`docs/styles.md` describes every key that a style file may have, and none that it may not."""

import re

import pytest

from engine.music.key import MODES
from engine.sketch.checked_table import CheckedTable
from engine.sketch.instruments import BASSES, DRUM_KEYS, KITS, STEMS, TUNED
from engine.sketch.library import load_styles
from engine.sketch.mix_style import CURVES, SPACES
from engine.sketch.style.file import build_style
from engine.sketch.style.rhythms import WRITTEN_METERS
from tests.helpers.paths import ROOT

PAGE = (ROOT / "docs" / "styles.md").read_text(encoding="utf-8")
NAMED_BY_VALUE = {*WRITTEN_METERS, *MODES, *DRUM_KEYS}
"""Keys that are values of music: meters, modes and drum lanes."""


def table_of(heading: str) -> set[str]:
    """Return the names in backticks in the first column of the table that follows `heading`."""
    rows = PAGE[PAGE.index(heading) :].split("\n\n", 2)[1].splitlines()[2:]
    cells = " ".join(re.split(r"(?<!\\)\|", row)[1] for row in rows)
    return set(re.findall(r"[a-z_]+", re.sub(r'"[^"]*"', "", " ".join(re.findall(r"`([^`]+)`", cells)))))


@pytest.fixture
def read_keys(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """The keys that the reader asks for while it reads a style, by table; those of one part stand for all."""
    asked: dict[str, set[str]] = {"": set(), "parts": set(), "mix": set()}
    get = CheckedTable.get

    def listening(self: CheckedTable, key: str, default: object = None) -> object:
        path = self.where.removeprefix("x: ").split(".")[:-1]
        if not path or path[0] not in asked:
            asked[""] |= {*path, key} - NAMED_BY_VALUE
        elif path[0] == "mix" or len(path) == 2:
            asked[path[0]].add(key)
        return get(self, key, default)

    monkeypatch.setattr(CheckedTable, "get", listening)
    library = load_styles()
    for name in library:
        build_style(library._merged_table(name), "x")
    return asked


def test_every_key_of_a_style_is_described_and_no_other(read_keys: dict[str, set[str]]) -> None:
    described = table_of("## Keys") | {"based_on"}
    assert "`based_on`" in PAGE
    lanes_and_stems = set(STEMS) | {"parts", "mix"}
    assert {re.sub(r"\[\d+\]$", "", key) for key in read_keys[""]} - {"based_on"} <= described
    assert described - lanes_and_stems - read_keys[""] <= {"based_on"}


def test_every_key_of_a_part_and_of_the_mix_is_described_and_no_other(read_keys: dict[str, set[str]]) -> None:
    assert table_of("A part, `[parts.lead]`") == read_keys["parts"]
    assert table_of("The mix, `[mix]`:") == read_keys["mix"]


def test_every_name_that_a_key_may_have_is_there() -> None:
    assert [name for name in (*KITS, *BASSES, *TUNED) if f"`{name}`" not in PAGE] == []
    assert [name for name in (*CURVES, *SPACES) if not re.search(rf"\b{name}\b", PAGE)] == []
    assert [lane for lane in DRUM_KEYS if lane not in PAGE and lane.split("_")[0] + "_…" not in PAGE] == []


def test_the_page_counts_the_styles() -> None:
    assert len(load_styles()) == 31
    assert "thirty-one styles" in PAGE
