"""Where scripts were installed is known afterwards, also where --dest has named the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.daws.places import find_installed, forget, remember
from bridge.daws.reaper import Reaper


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
