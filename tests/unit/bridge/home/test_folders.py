from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from bridge.home.folders import HOME_VARIABLE, Folders


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
