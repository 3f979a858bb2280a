"""Live's User Library: found where it is or was moved to, filled, emptied."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from bridge.daws.ableton import CHOOSE, HOME, SCRIPTS, Ableton
from bridge.daws.ableton_library import find_user_library, is_user_library, usual_place
from bridge.daws.scripts import SCRIPTS as ALL_SCRIPTS
from bridge.home.heartbeat import write_heartbeat
from engine.errors import InvalidValue, StemBridgeError

NOBODY = (f"no-live-{os.getpid()}",)
"""The developer's Live may be open."""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path / "Jürgen's home"))
    folder = tmp_path / "my library"
    (folder / "Presets").mkdir(parents=True)
    return folder


def snapshot(root: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in root.rglob("*")}


def user_library(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def write_config(path: Path, value: str, changed_s: float = 1.0) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(
        f'<?xml version="1.0"?>\n<Ableton><ContentLibrary><ProjectPath Value="{value}" /></ContentLibrary>'
    )
    os.utime(path, (changed_s, changed_s))


@pytest.mark.parametrize(
    ("platform", "place"),
    [
        ("darwin", "Music/Ableton/User Library"),
        ("win32", "Documents/Ableton/User Library"),
        ("win32", "OneDrive/Documents/Ableton/User Library"),
        ("linux", ".wine/drive_c/users/me/Documents/Ableton/User Library"),
    ],
)
def test_the_usual_place_of_each_system(tmp_path: Path, platform: str, place: str) -> None:
    environ = {"USER": "me"}
    assert find_user_library(platform, environ, tmp_path) is None
    there = user_library(tmp_path / place)
    assert find_user_library(platform, environ, tmp_path) == there
    if "OneDrive" not in place:
        assert usual_place(platform, environ, tmp_path) == there


@pytest.mark.parametrize(
    ("platform", "preferences"),
    [
        ("darwin", "Library/Preferences/Ableton"),
        ("win32", "AppData/Roaming/Ableton"),
        ("linux", ".wine/drive_c/users/me/AppData/Roaming/Ableton"),
    ],
)
def test_a_moved_library_is_found_by_the_newest_preferences(tmp_path: Path, platform: str, preferences: str) -> None:
    user_library(usual_place(platform, {"USER": "me"}, tmp_path))
    moved = user_library(tmp_path / "disk & two" / "User Library")
    write_config(tmp_path / preferences / "Live 11.3.25" / "Preferences" / "Library.cfg", "/nowhere", 1.0)
    named = str(moved.parent).replace("&", "&amp;")
    write_config(tmp_path / preferences / "Live 12.3.6" / "Preferences" / "Library.cfg", named, 2.0)
    assert find_user_library(platform, {"USER": "me"}, tmp_path) == moved


@pytest.mark.skipif(sys.platform == "win32", reason="Wine runs on POSIX systems, and has their paths")
def test_wine_writes_the_paths_of_windows(tmp_path: Path) -> None:
    prefix = tmp_path / "prefix"
    environ = {"USER": "me", "WINEPREFIX": str(prefix)}
    moved = user_library(prefix / "drive_c" / "Sounds" / "User Library")
    config = prefix / "drive_c/users/me/AppData/Roaming/Ableton/Live 12.3/Preferences/Library.cfg"
    write_config(config, r"C:\Sounds")
    assert find_user_library("linux", environ, tmp_path) == moved
    config.write_text(f'<ProjectPath Value="Z:{tmp_path}/outside"/>')
    outside = user_library(tmp_path / "outside" / "User Library")
    assert find_user_library("linux", environ, tmp_path) == outside


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\0", b"<ProjectPath Value=", b"<ProjectPath Value=''/>" * 9])
def test_preferences_that_say_nothing_change_nothing(tmp_path: Path, content: bytes) -> None:
    usual = user_library(usual_place("darwin", {}, tmp_path))
    config = tmp_path / "Library/Preferences/Ableton/Live 12/Library.cfg"
    config.parent.mkdir(parents=True)
    config.write_bytes(content)
    assert find_user_library("darwin", {}, tmp_path) == usual


def test_any_folder_with_what_live_keeps_there_is_a_user_library(library: Path, tmp_path: Path) -> None:
    assert is_user_library(library)
    assert not is_user_library(tmp_path)
    assert not is_user_library(tmp_path / "nothing")


def test_everything_is_installed_and_uninstall_leaves_not_a_byte(library: Path, tmp_path: Path) -> None:
    before = snapshot(library)
    ableton = Ableton(NOBODY)
    written = ableton.install(library)
    installed = {path.name for path in (library / SCRIPTS).iterdir()}
    sources = {path.name for path in (ALL_SCRIPTS / "ableton" / "StemBridge").glob("*.py")}
    assert installed == sources | {HOME, "installed.json"}
    home = json.loads((library / SCRIPTS / HOME).read_text())
    assert home["data"] == str(tmp_path / "Jürgen's home" / "data")
    status = ableton.status(library)
    assert (status.is_installed, status.is_current, status.folder) == (True, True, library)
    assert status.notes == (CHOOSE,)
    assert ableton.install(library) == []
    (library / SCRIPTS / "__pycache__").mkdir()
    (library / SCRIPTS / "__pycache__" / "osc.cpython-37.pyc").write_bytes(b"of Live's own Python")
    assert sorted(ableton.uninstall(library)) == sorted(written)
    assert snapshot(library) == before
    assert "installs the control surface" in ableton.status(library).notes[0]


def test_a_script_that_was_changed_is_put_right(library: Path) -> None:
    ableton = Ableton(NOBODY)
    ableton.install(library)
    script = library / SCRIPTS / "link.py"
    script.write_text("# broken")
    assert not ableton.status(library).is_current
    assert ableton.install(library) == [script]


def test_a_folder_that_is_no_user_library_is_refused(library: Path, tmp_path: Path) -> None:
    for method in (Ableton(NOBODY).install, Ableton(NOBODY).uninstall, Ableton(NOBODY).status):
        with pytest.raises(InvalidValue, match="--dest must be Live's User Library"):
            method(tmp_path)


def test_a_live_that_is_not_found_is_a_status_with_a_hint(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "USERPROFILE", "APPDATA", "WINEPREFIX"):
        monkeypatch.setenv(name, str(tmp_path / "nobody"))
    status = Ableton(NOBODY).status(None)
    assert (status.folder, status.is_installed) == (None, False)
    assert "--dest" in status.notes[0]
    with pytest.raises(StemBridgeError, match="User Library was not found at"):
        Ableton(NOBODY).install(None)


def test_the_usual_library_is_found_and_filled(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "USERPROFILE", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv("WINEPREFIX", raising=False)
    monkeypatch.setattr("sys.platform", "darwin")
    usual = user_library(tmp_path / "Music" / "Ableton" / "User Library")
    Ableton(NOBODY).install(None)
    assert (usual / SCRIPTS / "__init__.py").is_file()


def test_the_heartbeat_is_in_the_status_and_goes_with_the_scripts(library: Path, tmp_path: Path) -> None:
    mailbox = tmp_path / "Jürgen's home" / "data" / "mailbox"
    mailbox.mkdir(parents=True)
    ableton = Ableton(NOBODY)
    ableton.install(library)
    assert ableton.status(library).heard_s is None
    write_heartbeat(mailbox, "ableton")
    assert ableton.status(library).heard_s is not None
    ableton.uninstall(library)
    assert list(mailbox.iterdir()) == []
