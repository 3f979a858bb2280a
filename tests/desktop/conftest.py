"""A real window with a real companion and the sketch engine, drawn on no screen."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bridge.daws.reaper import Reaper
from bridge.desktop.start import Desktop, open_window
from bridge.desktop.takes.card import TakeCard
from bridge.desktop.window.main_window import MainWindow
from bridge.home.folders import Folders
from bridge.home.launch_options import LaunchOptions
from bridge.settings import SettingsFile
from bridge.takes.layout import takes_folder
from tests.helpers.command_here import run_generate
from tests.helpers.desktop_hands import Open


class PatientBot(QtBot):
    """A bot whose default timeout is two minutes, so that a busy machine fails no test."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = 120_000) -> None:  # noqa: N802
        super().waitUntil(callback, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "home" / "data", tmp_path / "home" / "config")


@pytest.fixture
def reaper_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The resource folder of a REAPER with our scripts, in a temporary home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path / "home"))
    folder = tmp_path / "xdg" / "REAPER"
    folder.mkdir(parents=True)
    (folder / "reaper.ini").write_text("[reaper]\n")
    Reaper(()).install(None)
    return folder


@pytest.fixture
def open_desktop(qapp: QApplication, qtbot: QtBot, folders: Folders) -> Iterator[Open]:
    """Opens windows; each is closed, with its companion, when the test ends."""
    opened: list[Desktop] = []

    def open_one(osc_port: int = 0, http_port: int = 0, **settings: object) -> MainWindow:
        file = SettingsFile(folders.settings)
        for key, value in settings.items():
            file.set(key, value)
        desktop = open_window(qapp, LaunchOptions(folders=folders, osc_port=osc_port, http_port=http_port), file)
        opened.append(desktop)
        return desktop.window

    yield open_one
    for desktop in opened:
        desktop.window.close_without_asking()
        desktop.close()
        qapp.processEvents()
        desktop.window.deleteLater()
    # Widgets left over would be restyled with each later window: every test would take longer than the last.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(open_desktop: Open, qtbot: QtBot) -> MainWindow:
    """A window whose companion listens."""
    window = open_desktop(theme="dark")
    qtbot.waitUntil(lambda: window.connection.osc_port != 0)
    return window


@pytest.fixture(scope="session")
def short_take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a real take of two bars, made once for all tests that only need an existing take."""
    folder = tmp_path_factory.mktemp("made") / "take"
    run_generate(
        folder.parent, *("--genres", "funk, slap bass", "--tempo", "120", "--bars", "2"), "--out", str(folder)
    )
    return folder


@pytest.fixture
def card(short_take: Path, folders: Folders, window: MainWindow, qtbot: QtBot) -> TakeCard:
    """The card of a short take, found on disk."""
    folder = takes_folder(folders.takes) / "2026-11-21 090000 funk"
    shutil.copytree(short_take, folder)
    window.project_takes.open_takes()
    qtbot.waitUntil(lambda: bool(window.take_list.cards))
    card = window.take_list.cards[folder / "manifest.json"]
    qtbot.waitUntil(lambda: bool(card.waveform._peaks))
    return card
