"""The settings page over a real file."""

from __future__ import annotations

import json

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel
from pytestqt.qtbot import QtBot

from bridge.desktop.adapter import Adapter
from bridge.desktop.settings import settings_page
from bridge.desktop.settings.fields import DeviceField
from bridge.desktop.settings.settings_page import LATER, SettingsPage
from bridge.home.folders import Folders
from bridge.home.messages import Message
from bridge.settings import SETTINGS, SettingsFile


@pytest.fixture
def page(adapter: Adapter, settings: SettingsFile, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> SettingsPage:
    monkeypatch.setattr(settings_page, "devices", lambda: ["Built-in", "Scarlett"])
    made = SettingsPage(adapter, settings, adapter.handle.messages)
    qtbot.addWidget(made)
    return made


def texts(page: SettingsPage) -> list[str]:
    return [label.text() for label in page.findChildren(QLabel)]


def test_every_setting_stands_under_its_group(page: SettingsPage) -> None:
    assert list(page.fields) == list(SETTINGS)
    headings = [label.text() for label in page.findChildren(QLabel) if label.property("role") == "heading"]
    assert headings == [group.upper() for group in dict.fromkeys(one.group for one in SETTINGS.values())]


def test_settings_that_need_a_restart_say_so(page: SettingsPage) -> None:
    for setting in SETTINGS.values():
        assert (setting.doc + LATER in texts(page)) == setting.restarts


def test_a_change_is_saved_and_reported(page: SettingsPage, folders: Folders, qtbot: QtBot) -> None:
    field = page.fields["play_when_done"]
    assert isinstance(field, QCheckBox)
    with qtbot.waitSignal(page.changed) as changed:
        field.click()
    assert changed.args == ["play_when_done"]
    assert json.loads(folders.settings.read_text())["play_when_done"] is True
    assert f"Kept in {folders.settings}" in texts(page)


def test_the_value_that_is_set_already_writes_nothing(page: SettingsPage, folders: Folders, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(page.changed):
        page._set("host", "127.0.0.1")
    assert not folders.settings.exists()


def test_a_value_that_is_not_allowed_is_a_message(
    page: SettingsPage, settings: SettingsFile, posted: list[Message], qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(page.changed):
        page._set("osc_port", 70_000)
    assert posted[-1].topic == "settings"
    assert "osc_port" in posted[-1].text
    assert settings["osc_port"] == 9124


def test_sound_devices_are_listed_once_they_are_found(page: SettingsPage, qtbot: QtBot) -> None:
    field = page.fields["output_device"]
    assert isinstance(field, DeviceField)
    qtbot.waitUntil(lambda: field.count() == 3)
    assert field.itemText(2) == "Scarlett"


def test_fields_show_what_is_set(
    adapter: Adapter, settings: SettingsFile, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings_page, "devices", list)
    settings.set("place", "scene")
    page = SettingsPage(adapter, settings, adapter.handle.messages)
    qtbot.addWidget(page)
    field = page.fields["place"]
    assert isinstance(field, QComboBox)
    assert field.currentData() == "scene"
