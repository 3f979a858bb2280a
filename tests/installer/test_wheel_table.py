"""The table of wheels is asked for in few questions, and compared with the pins."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import wheel_table
from hypothesis import given
from hypothesis import strategies as st

PINS = [f"package{number}==1" for number in range(40)]


@given(st.sets(st.sampled_from(PINS), max_size=5), st.booleans())
def test_the_packages_without_a_wheel_are_found_one_by_one(bad: set[str], named: bool) -> None:
    asked: list[int] = []

    def refused(pins: list[str]) -> str:
        asked.append(len(pins))
        found = sorted(bad & set(pins))
        return f"Because {found[0].lower()} has no usable wheels" if found and named else "no" if found else ""

    assert set(wheel_table.without_wheel(PINS, refused)) == bad
    assert len(asked) <= (1 + len(bad) if named else 2 + len(PINS))


def test_pins_that_have_changed_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "constraints.txt").write_text("# pinned\nOne_Package==1\ntwo==2\n")
    (tmp_path / "wheels.json").write_text(json.dumps({"pins": ["One_Package==1", "two==1"], "no_wheel": {}}))
    monkeypatch.setattr(wheel_table, "PINS", tmp_path / "constraints.txt")
    monkeypatch.setattr(wheel_table, "TABLE", tmp_path / "wheels.json")
    assert wheel_table.pinned() == {"one-package": "One_Package==1", "two": "two==2"}
    assert wheel_table.main(["--check"]) == 1
    assert "two==1, two==2" in capsys.readouterr().err


def test_the_table_is_written_from_the_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "constraints.txt").write_text("one==1\ntorch==2\nnewer==3\nnever-used==4\n")
    monkeypatch.setattr(wheel_table, "PINS", tmp_path / "constraints.txt")
    monkeypatch.setattr(wheel_table, "TABLE", tmp_path / "wheels.json")
    listed = "one==1\nnewer==3 ; python_full_version >= '3.13' and sys_platform == 'win32'\n"

    def uv(*words: str, said: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], *answer(words, said))

    def answer(words: tuple[str, ...], said: str) -> tuple[int, str, str]:
        if "--only-binary" not in words:
            return 0, "one==1\nnewer==3\ntorch==2\n" if "ace-step" in words else listed, ""
        intel = "x86_64-apple-darwin" in words
        windows_14 = "3.14" in words and "x86_64-pc-windows-msvc" in words
        lacks = [pin for pin, no in (("torch==2", intel), ("newer==3", windows_14)) if no and pin in said]
        return (1, "", f"{lacks[0]} has no usable wheels") if lacks else (0, said, "")

    monkeypatch.setattr(wheel_table, "_uv", uv)
    assert wheel_table.main([]) == 0
    table = json.loads((tmp_path / "wheels.json").read_text())
    assert table["pins"] == ["never-used==4", "newer==3", "one==1", "torch==2"]
    rows = table["no_wheel"]
    assert rows["macos x86_64"]["3.12"] == {"ace-step": ["torch==2"]}
    assert rows["windows AMD64"] == {"3.11": {}, "3.12": {}, "3.13": {}, "3.14": {"": ["newer==3"]}}
    assert rows["linux x86_64 2.34"]["3.14"] == {}
