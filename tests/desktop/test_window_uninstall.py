"""Uninstalling from the window: ticked groups of files are removed, takes stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from bridge.desktop.settings.uninstall_page import UninstallPage
from bridge.desktop.window.main_window import MainWindow
from bridge.home.folders import Folders
from bridge.upkeep.uninstall.belongings import MODELS, SETTINGS


@pytest.fixture
def page(reaper_folder: Path, folders: Folders, window: MainWindow, qtbot: QtBot) -> UninstallPage:
    """The page of a user with a model, a take and a preset, once it has listed them."""
    for file in (folders.models / "tiny" / "weights", folders.takes / "StemBridge" / "one" / "manifest.json"):
        file.parent.mkdir(parents=True)
        file.write_bytes(bytes(200_000))
    folders.presets.mkdir(exist_ok=True)
    (folders.presets / "mine.json").write_text("{}")
    page = UninstallPage(window.adapter, window)
    page.open()
    qtbot.waitUntil(page.remove.isEnabled)
    return page


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def test_unticked_groups_and_all_takes_stay(
    page: UninstallPage, reaper_folder: Path, folders: Folders, qtbot: QtBot
) -> None:
    assert str(reaper_folder) in page.goes.text()
    assert page.boxes[MODELS].text() == "Neural models too (0.2 MB)"
    page.boxes[SETTINGS].setChecked(True)
    page.remove.click()
    qtbot.waitUntil(lambda: page.remove.text() == "Quit")
    assert left_in(folders.data) == {"models", "takes"}
    assert not folders.config.exists()
    assert left_in(reaper_folder) == {"reaper.ini"}
    assert f"Stays: {folders.takes}" in page.stays.text()
    with qtbot.waitSignal(page.gone):
        page.remove.click()


def test_cancel_removes_nothing(page: UninstallPage, reaper_folder: Path, folders: Folders) -> None:
    page.cancel.click()
    assert {"models", "takes", "jobs.sqlite3"} <= left_in(folders.data)
    assert (reaper_folder / "Scripts").is_dir()
    assert not page.isVisible()


def test_while_the_daw_runs_nothing_is_removed_and_the_companion_keeps_running(
    page: UninstallPage, reaper_folder: Path, folders: Folders, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.daws.scripted.is_running", lambda _: True)
    page.remove.click()
    qtbot.waitUntil(lambda: "REAPER is running" in page.fault.text())
    assert page.remove.isEnabled()
    assert (folders.data / "jobs.sqlite3").exists()
    assert (reaper_folder / "Scripts" / "StemBridge").is_dir()
    qtbot.waitUntil(folders.companion_file.exists)


def test_the_page_is_reached_by_the_keyboard(page: UninstallPage) -> None:
    buttons = {one.accessibleName() for one in page.findChildren(QPushButton)}
    assert {"Remove", "Cancel"} <= buttons
    assert page.cancel.isDefault()
