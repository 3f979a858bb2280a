"""The settings file: defaults stay out of it, nothing of the user's is thrown away, old schemas are migrated."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from bridge.home.file_versions import NewerVersion, backup_of
from bridge.settings import SettingsFile
from bridge.settings import file as settings_file
from engine.errors import InvalidValue, StemBridgeError


def test_without_a_file_all_values_are_the_defaults_and_none_is_made(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    assert (file["theme"], file.text("osc_port"), file.number("metronome_db")) == ("system", "9124", -9.0)
    assert file.problems == []
    assert list(tmp_path.iterdir()) == []


def test_only_what_differs_from_the_defaults_is_written(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    file.set("theme", "light")
    file.set("osc_port", 9000)
    file.set("theme", "system")
    assert json.loads(file.path.read_text()) == {"version": 1, "osc_port": 9000}
    assert SettingsFile(file.path).number("osc_port") == 9000


def test_a_value_that_is_not_understood_is_told_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"osc_port": "many", "of_tomorrow": 1}')
    file = SettingsFile(path)
    assert len(file.problems) == 2
    assert file["osc_port"] == 9124
    file.set("theme", "dark")
    assert json.loads(path.read_text()) == {
        "version": 1,
        "osc_port": "many",
        "of_tomorrow": 1,
        "theme": "dark",
    }


@pytest.mark.parametrize("text", ["{", "[]", "\x00"])
def test_a_broken_file_means_the_defaults(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    file = SettingsFile(path)
    assert file.problems
    assert file["theme"] == "system"


def test_the_sentence_for_a_broken_file_names_it(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text("[]")
    assert SettingsFile(path).problems == ["settings.json must be a JSON object; the defaults hold."]


def test_a_value_that_is_not_allowed_changes_neither_memory_nor_file(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    with pytest.raises(InvalidValue, match="theme"):
        file.set("theme", "pink")
    assert file["theme"] == "system"
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_an_error_and_the_value_holds_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "config").touch()  # a file where the folder should be
    file = SettingsFile(tmp_path / "config" / "settings.json")
    with pytest.raises(StemBridgeError, match=r"settings\.json cannot be written: "):
        file.set("theme", "dark")
    assert file["theme"] == "dark"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no file modes")
def test_the_file_holds_a_key_so_only_the_user_can_read_it(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    file.set("remote_key", "sb_secret")
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def rename_port(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content migrated by a step of a later version: the setting was once called `port`."""
    return {("osc_port" if key == "port" else key): value for key, value in content.items()}


def test_settings_of_0_0_9_are_understood_and_kept_when_the_file_is_written(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"osc_port": 9000, "of_tomorrow": 1}')
    file = SettingsFile(path)
    assert file["osc_port"] == 9000
    assert path.read_text() == '{"osc_port": 9000, "of_tomorrow": 1}'  # reading changes nothing
    file.set("theme", "dark")
    file.set("theme", "light")
    assert json.loads(path.read_text()) == {"version": 1, "of_tomorrow": 1, "osc_port": 9000, "theme": "light"}
    assert backup_of(path, 7).parent == tmp_path
    assert (tmp_path / "settings.json.version-0.backup").read_text() == '{"osc_port": 9000, "of_tomorrow": 1}'
    assert len(list(tmp_path.iterdir())) == 2


def test_settings_go_through_every_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_file, "STEPS", (dict, rename_port))
    path = tmp_path / "settings.json"
    path.write_text('{"version": 1, "port": 9000}')
    file = SettingsFile(path)
    assert (file["osc_port"], file.problems) == (9000, [])
    file.set("theme", "dark")
    assert json.loads(path.read_text()) == {"version": 2, "osc_port": 9000, "theme": "dark"}
    assert (tmp_path / "settings.json.version-1.backup").read_text() == '{"version": 1, "port": 9000}'


@pytest.mark.parametrize("version", [2, 99, -1, "two", True, None])
def test_settings_of_a_newer_version_are_refused_in_a_sentence_and_left(tmp_path: Path, version: object) -> None:
    path = tmp_path / "settings.json"
    text = json.dumps({"version": version, "osc_port": 9000})
    path.write_text(text)
    file = SettingsFile(path)
    assert file["osc_port"] == 9124
    (problem,) = file.problems
    assert "newer Stem Bridge" in problem
    with pytest.raises(NewerVersion, match="install that version again"):
        file.set("theme", "dark")
    assert path.read_text() == text
    assert list(tmp_path.iterdir()) == [path]
