"""The Lua file with the companion's folder and launch command."""

from __future__ import annotations

import sys
from pathlib import Path, PurePosixPath

import lupa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import bridge.daws.home_lua as home_lua_module
from bridge import __version__
from bridge.daws.home_lua import home_lua, launch_command
from bridge.home.folders import Folders


def test_the_companion_is_started_with_this_python_and_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STEMBRIDGE_HOME", raising=False)
    assert launch_command() == f"{sys.executable} -m bridge serve"
    monkeypatch.setenv("STEMBRIDGE_HOME", "/my home")
    assert launch_command() == f'/usr/bin/env "STEMBRIDGE_HOME=/my home" {sys.executable} -m bridge serve'


def read_lua(data: bytes) -> dict[str, str]:
    """Return the table in `home.lua` as a real Lua reads it."""
    table = lupa.LuaRuntime(encoding="utf-8").execute(data.decode("utf-8"))
    return dict(table.items())


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
@example('C:\\Users\\new "one"\r\n')
def test_any_folder_reaches_lua_as_it_is(name: str) -> None:
    folders = Folders(PurePosixPath("/home", name), PurePosixPath("/config"))  # type: ignore[arg-type]
    assert read_lua(home_lua("reaper", folders))["data"] == str(folders.data)


def test_the_file_says_who_wrote_it_and_has_three_values(tmp_path: Path) -> None:
    data = home_lua("ardour", Folders(tmp_path / "data", tmp_path / "config"))
    assert data.startswith(b"-- Written by `stembridge daw install ardour`.\nreturn {\n")
    assert data.endswith(b"\n}\n")
    assert read_lua(data) == {"version": __version__, "data": str(tmp_path / "data"), "launch": launch_command()}


def test_a_home_that_is_no_unicode_keeps_its_bytes() -> None:
    folders = Folders(Path("/home/\udcff"), Path("/config"))
    assert b'data = "/home/\xff"' in home_lua("reaper", folders)


def test_a_bundle_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STEMBRIDGE_HOME", raising=False)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/Stem Bridge/stembridge")
    assert launch_command() == '"/opt/Stem Bridge/stembridge" serve'


def test_windows_has_its_own_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_lua_module.os, "name", "nt")
    monkeypatch.setattr(sys, "executable", r"C:\Program Files\python.exe")
    monkeypatch.setenv("STEMBRIDGE_HOME", r"D:\my home")
    line = launch_command()
    monkeypatch.delenv("STEMBRIDGE_HOME")
    bare = launch_command()
    monkeypatch.undo()
    assert bare == r'"C:\Program Files\python.exe" -m bridge serve'
    assert line == rf'cmd.exe /C "set "STEMBRIDGE_HOME=D:\my home" && {bare}"'
