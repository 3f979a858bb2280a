"""The real window's start and end: imported modules, one window per user, and the tray."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from bridge.desktop import start
from bridge.desktop.window.main_window import MainWindow
from bridge.home.folders import HOME_VARIABLE, Folders
from bridge.home.launch_options import LaunchOptions
from bridge.settings import SettingsFile
from tests.helpers.desktop_hands import Daw, Open
from tests.helpers.paths import ROOT
from tests.helpers.screen import end

HEAVY = ("torch", "transformers", "diffusers", "numpy", "scipy", "soundfile", "sounddevice", "starlette", "uvicorn")

LOADED = f"""
import json, sys
from PySide6.QtWidgets import QApplication
from bridge.home.launch_options import LaunchOptions
from bridge.desktop.start import open_window
from bridge.home.folders import Folders
from bridge.settings import SettingsFile

def loaded():
    return [name for name in {HEAVY!r} if name in sys.modules]

from bridge.app.handle import AppHandle
started, at_show = AppHandle.start, []
AppHandle.start = lambda self: (at_show.extend(loaded()), started(self))[1]  # the companion starts once it is shown
app = QApplication([])
folders = Folders.of_user()
desktop = open_window(app, LaunchOptions(folders=folders, osc_port=0, http_port=0), SettingsFile(folders.settings))
assert desktop.window.isVisible()
while not desktop.window.request.go.isEnabled():
    app.processEvents()
print(json.dumps([at_show, loaded()]))
desktop.close()
"""

FIRST = """
import sys
from PySide6.QtCore import QTimer
import bridge.desktop.start as start
from bridge.home.folders import Folders
from bridge.home.launch_options import LaunchOptions
from bridge.settings import SettingsFile

really_open = start.open_window

def open_window(app, options, settings, in_background):
    desktop = really_open(app, options, settings, in_background)
    window, timer = desktop.window, QTimer(app)
    app.setQuitOnLastWindowClosed(False)
    window.hide()
    timer.timeout.connect(lambda: window.isVisible() and (print("raised", flush=True), app.quit()))
    timer.start(20)
    print("hidden", flush=True)
    return desktop

start.open_window = open_window
folders = Folders.of_user()
sys.exit(start.run(LaunchOptions(folders=folders, osc_port=0, http_port=0), SettingsFile(folders.settings)))
"""


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    own = {HOME_VARIABLE: str(tmp_path), "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    return {**os.environ, **own}


def test_nothing_heavy_is_loaded_before_the_window_is_shown_and_torch_never(environment: Mapping[str, str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOADED], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert ended.returncode == 0, ended.stderr
    at_show, later = json.loads(ended.stdout.splitlines()[-1])
    assert at_show == []
    assert {"starlette", "uvicorn"} <= set(later), "the measure sees what is loaded"
    assert not {"torch", "transformers", "diffusers"} & set(later)


def test_a_second_start_ends_and_brings_the_first_window_back(environment: Mapping[str, str]) -> None:
    first = subprocess.Popen(
        [sys.executable, "-c", FIRST], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "hidden\n"
        second = subprocess.run([sys.executable, "-m", "bridge"], env=environment, cwd=ROOT, timeout=120)
        assert second.returncode == 0
        assert first.stdout.readline() == "raised\n"
        assert first.wait(120) == 0
        first.stdout.close()
    finally:
        if first.poll() is None:
            end(first)


@pytest.fixture
def kept(open_desktop: Open, qtbot: QtBot) -> Iterator[MainWindow]:
    """A window with a tray icon, as on systems that have a tray."""
    window = open_desktop(keep_in_tray=True)
    qtbot.waitUntil(window.request.go.isEnabled)
    window.hides_on_close = True
    yield window
    window.hides_on_close = False


def test_with_a_tray_closing_hides_and_the_companion_works_on(kept: MainWindow, qtbot: QtBot) -> None:
    assert not kept.close()
    assert not kept.isVisible()
    with Daw(kept.connection.osc_port) as daw:
        daw.say("/ping")
        assert daw.socket.recv(2000).startswith(b"/stembridge/pong")
    start._raise(kept)
    assert kept.isVisible()


def test_with_a_tray_quit_asks_only_for_work_and_ends_it_all(
    kept: MainWindow, qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(
        "bridge.desktop.window.main_window.agrees_to_close", lambda _, unfinished: bool(asked.append(1))
    )
    kept.session.override("tempo", 120.0)
    kept.request.shape.bars.setValue(120)
    kept.request.genres.text.setPlainText("funk")
    kept.request.go.click()
    qtbot.waitUntil(lambda: kept.job_actions.unfinished() == 1)
    start._quit(qapp, kept)
    assert asked == [1]
    assert kept.hides_on_close, "a cancelled quit keeps the tray"
    next(iter(kept.take_list.jobs.values())).cancel.click()
    qtbot.waitUntil(lambda: kept.job_actions.unfinished() == 0)
    start._quit(qapp, kept)
    assert asked == [1]
    assert not kept.isVisible()


def test_there_is_a_tray_only_where_the_system_has_one_and_the_user_wants_it(
    qapp: QApplication, open_desktop: Open, folders: Folders
) -> None:
    window = open_desktop()
    settings = SettingsFile(folders.settings)
    assert start._tray(qapp, window, settings) is None
    settings.set("keep_in_tray", True)
    tray = start._tray(qapp, window, settings)
    assert (tray is not None) == QSystemTrayIcon.isSystemTrayAvailable()
    assert window.hides_on_close == (tray is not None)
    if tray is not None:
        assert [action.text() for action in tray.contextMenu().actions()] == ["Open Stem Bridge", "Quit"]
        tray.hide()
        window.hides_on_close = False
        qapp.setQuitOnLastWindowClosed(True)


@pytest.fixture
def autostart_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.delenv("APPIMAGE", raising=False)
    return tmp_path / "xdg" / "autostart" / "stembridge.desktop"


@pytest.mark.skipif(sys.platform != "linux", reason="the entry of a Linux desktop")
def test_the_window_is_started_with_the_computer_as_long_as_its_user_wants_it(
    autostart_file: Path, open_desktop: Open
) -> None:
    page = open_desktop().pages.show_settings()
    field = page.fields["autostart"]
    assert isinstance(field, QCheckBox)
    field.click()
    assert f'Exec="{sys.executable}" "-m" "bridge" "--in-background"' in autostart_file.read_text()
    field.click()
    assert not autostart_file.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the entry of a Linux desktop")
def test_an_entry_that_cannot_be_written_is_a_sentence(
    autostart_file: Path, open_desktop: Open, qtbot: QtBot
) -> None:
    autostart_file.parent.parent.write_text("a file where the folder should be")
    window = open_desktop()
    field = window.pages.show_settings().fields["autostart"]
    assert isinstance(field, QCheckBox)
    field.click()
    qtbot.waitUntil(lambda: any("desktop cannot be written" in one.text for one in window.message_bar.shown))


@pytest.mark.skipif(sys.platform != "linux", reason="the entry of a Linux desktop")
def test_the_system_starts_it_in_the_background(
    qapp: QApplication, qtbot: QtBot, folders: Folders, autostart_file: Path
) -> None:
    settings = SettingsFile(folders.settings)
    desktop = start.open_window(
        qapp, LaunchOptions(folders=folders, osc_port=0, http_port=0), settings, in_background=True
    )
    try:
        assert desktop.window.isMinimized()
        qtbot.waitUntil(lambda: desktop.window.connection.osc_port != 0)
        start._raise(desktop.window)
        assert desktop.window.isVisible()
        assert not desktop.window.isMinimized()
        settings.set("autostart", True)
        desktop.window.apply_autostart()
        assert "--in-background" in autostart_file.read_text()
    finally:
        desktop.window.close_without_asking()
        desktop.close()
