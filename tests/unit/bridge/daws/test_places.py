"""The list of the folders that --dest has named, and the installations in them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bridge.daws.places import find_installed, forget, remember
from bridge.daws.reaper import Reaper
from engine.errors import StemBridgeError


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "config"))
    return tmp_path / "home" / "data" / "daw-folders.json"


def reaper_folder(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "reaper.ini").touch()
    return folder


def test_a_folder_that_was_named_is_found_until_it_is_forgotten(places: Path, tmp_path: Path) -> None:
    portable = reaper_folder(tmp_path / "portable")
    reaper = Reaper(())
    reaper.install(portable)
    assert find_installed(places) == []
    remember(places, "reaper", portable)
    remember(places, "reaper", portable)
    (one,) = find_installed(places)
    assert (one.dest, one.status.folder, one.status.is_current) == (portable, portable, True)
    forget(places, "reaper", portable)
    forget(places, "reaper", portable)
    assert find_installed(places) == []


def test_the_usual_folder_needs_no_memory(places: Path, tmp_path: Path) -> None:
    usual = reaper_folder(tmp_path / "config" / "REAPER")
    Reaper(()).install(None)
    remember(places, "reaper", None)
    assert not places.exists()
    remember(places, "reaper", usual)  # named as well: the same one
    (one,) = find_installed(places)
    assert (one.dest, one.status.folder) == (None, usual)


@pytest.mark.parametrize("text", ["{", "[]", '{"reaper": 3}', '{"reaper": ["/gone"]}', '{"cubase": ["/x"]}'])
def test_a_broken_memory_and_vanished_folders_are_nothing(places: Path, text: str) -> None:
    places.parent.mkdir(parents=True)
    places.write_text(text)
    assert find_installed(places) == []


def test_several_folders_of_several_daws_are_kept_in_order(places: Path, tmp_path: Path) -> None:
    for daw, name in (("reaper", "b"), ("ardour", "c"), ("reaper", "a")):
        remember(places, daw, tmp_path / name)
    expected = {"reaper": [str(tmp_path / "b"), str(tmp_path / "a")], "ardour": [str(tmp_path / "c")]}
    assert json.loads(places.read_text(encoding="utf-8")) == expected
    forget(places, "reaper", tmp_path / "b")
    forget(places, "ableton", tmp_path / "none")
    assert json.loads(places.read_text(encoding="utf-8"))["reaper"] == [str(tmp_path / "a")]


def test_a_list_that_cannot_be_written_is_a_sentence(places: Path, tmp_path: Path) -> None:
    places.parent.parent.mkdir(parents=True)
    places.parent.write_text("a file in the way")
    with pytest.raises(StemBridgeError):
        remember(places, "reaper", tmp_path)


def test_two_paths_to_one_folder_are_one_installation(places: Path, tmp_path: Path) -> None:
    portable = reaper_folder(tmp_path / "portable")
    Reaper(()).install(portable)
    remember(places, "reaper", portable)
    places.write_text(json.dumps({"reaper": [str(portable), str(portable)]}))
    assert [one.dest for one in find_installed(places)] == [portable]
