"""Scripts of an older version are reported and updated by a button; files of a newer version are left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from bridge import __version__
from bridge.daws.reaper import RECEIPT, Reaper
from bridge.desktop.window.main_window import MainWindow
from bridge.home.folders import Folders
from tests.helpers.desktop_hands import Open


@pytest.fixture
def old_reaper(reaper_folder: Path) -> Path:
    """A REAPER with the scripts of 0.0.9."""
    receipt = reaper_folder / RECEIPT
    receipt.write_text(json.dumps({**json.loads(receipt.read_text()), "version": "0.0.9"}))
    return reaper_folder


def button_of(window: MainWindow, text: str) -> QPushButton | None:
    return next((one for one in window.message_bar.findChildren(QPushButton) if one.text() == text), None)


def test_one_click_brings_old_scripts_up_to_date(old_reaper: Path, window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: button_of(window, "Update") is not None)
    (message,) = (message for message in window.message_bar.shown if message.topic == "update")
    assert message.text == f"Stem Bridge's scripts in REAPER are of version 0.0.9; this is {__version__}."
    button = button_of(window, "Update")
    assert button is not None
    button.click()
    qtbot.waitUntil(lambda: any(m.text == "Everything is up to date." for m in window.message_bar.shown))
    assert json.loads((old_reaper / RECEIPT).read_text())["version"] == __version__
    assert Reaper(()).status(None).is_current


def test_a_failed_update_shows_the_reason_and_can_be_tried_again(
    old_reaper: Path, window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: button_of(window, "Update") is not None)
    (old_reaper / "OSC" / "StemBridge.ReaperOSC").unlink()
    (old_reaper / "OSC").rmdir()
    (old_reaper / "OSC").write_text("a file where the folder has to be")
    button = button_of(window, "Update")
    assert button is not None
    button.click()
    qtbot.waitUntil(lambda: button_of(window, "Try again") is not None)
    assert any("cannot be written" in message.text for message in window.message_bar.shown)


def test_settings_of_a_newer_version_are_reported_and_left_unchanged(
    folders: Folders, open_desktop: Open, qtbot: QtBot
) -> None:
    folders.settings.parent.mkdir(parents=True)
    folders.settings.write_text('{"version": 9, "theme": "light"}')
    window = open_desktop()
    qtbot.waitUntil(lambda: any("the defaults hold" in m.text for m in window.message_bar.shown))
    page = window.pages.show_settings()
    theme = page.fields["theme"]
    assert isinstance(theme, QComboBox)
    theme.setCurrentText("dark")
    qtbot.waitUntil(lambda: any("install that version again" in m.text for m in window.message_bar.shown))
    assert folders.settings.read_text() == '{"version": 9, "theme": "light"}'
