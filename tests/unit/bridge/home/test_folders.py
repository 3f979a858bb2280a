from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from bridge.home.folders import HOME_VARIABLE, MODELS_VARIABLE, Folders


def test_a_home_of_choice_holds_everything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    folders = Folders.of_user()
    everything = [
        *(folders.data, folders.config, folders.companion_file, folders.database),
        *(folders.sessions, folders.takes, folders.presets, folders.genre_map),
    ]
    assert all(path.is_relative_to(tmp_path) for path in everything)
    assert len(set(everything)) == len(everything)
    assert list(tmp_path.iterdir()) == []  # asking makes nothing


def test_a_relative_home_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(HOME_VARIABLE, "portable")
    assert Folders.of_user().data == tmp_path / "portable" / "data"


@pytest.mark.parametrize("home", [None, ""])
def test_without_one_the_systems_rules_hold(monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    if home is not None:
        monkeypatch.setenv(HOME_VARIABLE, home)
    folders = Folders.of_user()
    assert folders.companion_file == platformdirs.user_data_path("stembridge", appauthor=False) / "companion.json"
    assert folders.genre_map == platformdirs.user_config_path("stembridge", appauthor=False) / "genre_map.toml"


def test_the_models_may_have_a_folder_of_their_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folders = Folders(tmp_path / "data", tmp_path / "config")
    monkeypatch.delenv(MODELS_VARIABLE, raising=False)
    assert folders.models == tmp_path / "data" / "models"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(MODELS_VARIABLE, "big disk")
    assert folders.models == tmp_path / "big disk"
    assert folders.engine == tmp_path / "data" / "engine"


def test_no_two_files_share_a_path_and_what_the_user_edits_lies_in_the_config_folder(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "data", tmp_path / "config")
    names = [name for name, value in vars(Folders).items() if isinstance(value, property)]
    paths = {name: getattr(folders, name) for name in names}
    assert len(set(paths.values())) == len(paths) == 19
    edited = {name for name, path in paths.items() if path.parent == folders.config}
    assert edited == {"styles", "presets", "settings", "midi_map", "genre_map"}
    assert all(path.parent == folders.data for name, path in paths.items() if name not in edited)
