"""A real window with a real companion and the sketch engine, drawn on no screen."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from desktop_hands import Open, make
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bridge.companion import Options
from bridge.desktop.start import Desktop, open_window
from bridge.desktop.takes.card import TakeCard
from bridge.desktop.window.main import MainWindow
from bridge.folders import Folders
from bridge.settings import SettingsFile


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "home" / "data", tmp_path / "home" / "config")


@pytest.fixture
def open_desktop(qapp: QApplication, qtbot: QtBot, folders: Folders) -> Iterator[Open]:
    """Opens windows; each is closed, with its companion, when the test ends."""
    opened: list[Desktop] = []

    def open_one(osc_port: int = 0, **settings: object) -> MainWindow:
        file = SettingsFile(folders.settings)
        for key, value in settings.items():
            file.set(key, value)
        desktop = open_window(qapp, Options(folders=folders, osc_port=osc_port, http_port=0), file)
        opened.append(desktop)
        return desktop.window

    yield open_one
    for desktop in opened:
        desktop.window._closing = True
        desktop.window.close()
        desktop.close()
        qapp.processEvents()


@pytest.fixture
def window(open_desktop: Open, qtbot: QtBot) -> MainWindow:
    """A window whose companion listens."""
    window = open_desktop(theme="dark")
    qtbot.waitUntil(lambda: window._osc_port != 0, timeout=20_000)
    return window


@pytest.fixture
def card(window: MainWindow, qtbot: QtBot) -> TakeCard:
    """The card of a short take that the window made."""
    return make(window, qtbot)
