"""Settings: one table, one file, nothing of the user's ever thrown away."""

import json
from pathlib import Path

import pytest

from bridge.settings import SETTINGS, SettingsFile, check_setting
from engine.errors import InvalidValue


def test_every_default_is_allowed() -> None:
    for key, setting in SETTINGS.items():
        assert check_setting(key, setting.default) == setting.default


def test_every_choice_that_has_words_for_one_has_them_for_all() -> None:
    for setting in SETTINGS.values():
        assert len(setting.choice_labels) in (0, len(setting.choices)), setting.key


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("osc_port", 70_000),
        ("osc_port", True),
        ("theme", "pink"),
        ("keep_in_tray", 1),
        ("host", 3),
        ("colour", "red"),
    ],
)
def test_a_wrong_value_is_refused_by_name(key: str, value: object) -> None:
    with pytest.raises(InvalidValue, match=key):
        check_setting(key, value)


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


def test_every_choice_has_a_label_where_any_has() -> None:
    for setting in SETTINGS.values():
        assert len(setting.choice_labels) in (0, len(setting.choices)), setting.key
