"""Live's User Library: found in its usual folder or where it was moved to."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bridge.daws.ableton_library import find_user_library, is_user_library, usual_place


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path / "Jürgen's home"))
    folder = tmp_path / "my library"
    (folder / "Presets").mkdir(parents=True)
    return folder


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


def test_the_usual_folder_of_each_system_is_a_path_that_need_not_exist() -> None:
    home = Path("/home/me")
    assert usual_place("darwin", {}, home) == home / "Music/Ableton/User Library"
    assert usual_place("win32", {"USERPROFILE": "/c/me"}, home) == Path("/c/me/Documents/Ableton/User Library")
    assert usual_place("linux", {"WINEPREFIX": "/wine"}, home) == Path(
        "/wine/drive_c/users/me/Documents/Ableton/User Library"
    )


def test_preferences_may_name_the_library_itself_or_its_parent(tmp_path: Path) -> None:
    renamed = tmp_path / "disk" / "my sounds"
    (renamed / "Presets").mkdir(parents=True)
    write_config(tmp_path / "Library/Preferences/Ableton/Live 12/Library.cfg", str(renamed))
    assert find_user_library("darwin", {}, tmp_path) == renamed


@pytest.mark.parametrize(("changed_s", "expected"), [((1.0, 2.0), "12"), ((2.0, 1.0), "11")])
def test_of_several_preferences_the_last_changed_count(
    tmp_path: Path, changed_s: tuple[float, float], expected: str
) -> None:
    for version, seconds in zip(("11", "12"), changed_s, strict=True):
        user_library(tmp_path / version / "User Library")
        config = tmp_path / f"Library/Preferences/Ableton/Live {version}/Library.cfg"
        write_config(config, str(tmp_path / version), seconds)
    assert find_user_library("darwin", {}, tmp_path) == tmp_path / expected / "User Library"


def test_preferences_that_name_a_folder_that_is_gone_fall_back_to_older_ones(tmp_path: Path) -> None:
    preferences = tmp_path / "Library/Preferences/Ableton"
    older = user_library(tmp_path / "older" / "User Library")
    write_config(preferences / "Live 11" / "Library.cfg", str(older.parent), 1.0)
    write_config(preferences / "Live 12" / "Library.cfg", "/gone", 2.0)
    assert find_user_library("darwin", {}, tmp_path) == older


@pytest.mark.parametrize(
    "sign", ["Ableton Folder Info", "Remote Scripts", "Clips", "Defaults", "Presets", "Templates"]
)
def test_each_folder_of_lives_is_a_sign_and_a_file_is_none(tmp_path: Path, sign: str) -> None:
    (tmp_path / sign).touch()
    assert not is_user_library(tmp_path)
    (tmp_path / sign).unlink()
    (tmp_path / sign).mkdir()
    assert is_user_library(tmp_path)
