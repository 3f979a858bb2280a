"""The steps of a start, without a companion."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from bridge.desktop import start
from bridge.desktop.adapter import Adapter
from bridge.home.folders import Folders
from bridge.home.launch_options import LaunchOptions
from bridge.settings import SettingsFile
from tests.helpers.fake_handle import FakeHandle


class Window(QWidget):
    """A window that may refuse to close."""

    def __init__(self) -> None:
        super().__init__()
        self.hides_on_close = True
        self.agrees = True
        self.closed_without_asking = False

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        event.setAccepted(self.agrees and not self.hides_on_close)

    def close_without_asking(self) -> None:
        self.closed_without_asking = True


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def quits(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    calls: list[bool] = []
    monkeypatch.setattr(qapp, "quit", lambda: calls.append(True), raising=False)
    return calls


def test_without_a_screen_the_error_names_the_other_command(
    folders: Folders, settings: SettingsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "problem", lambda: "There is no screen. Use stembridge serve")
    with pytest.raises(start.NoWindow, match="stembridge serve"):
        start.run(LaunchOptions(folders), settings)
    assert not folders.data.exists()


def test_closing_a_desktop_stops_the_companion_and_then_delivers_nothing(
    adapter: Adapter, handle: FakeHandle, window: Window
) -> None:
    window.adapter = adapter  # type: ignore[attr-defined]
    start.Desktop(window, None).close()  # type: ignore[arg-type]
    assert handle.calls == [("stop",)]
    assert adapter._closed


def test_there_is_no_tray_icon_unless_it_is_set(
    qapp: QApplication, window: Window, settings: SettingsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    assert start._tray(qapp, window, settings) is None  # type: ignore[arg-type]


def test_there_is_no_tray_icon_where_the_system_has_no_tray(
    qapp: QApplication, window: Window, settings: SettingsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.set("keep_in_tray", True)
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: False))
    assert start._tray(qapp, window, settings) is None  # type: ignore[arg-type]


def test_the_tray_opens_the_window_and_quits(
    qapp: QApplication,
    window: Window,
    settings: SettingsFile,
    quits: list[bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.set("keep_in_tray", True)
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    window.hides_on_close = False
    try:
        tray = start._tray(qapp, window, settings)  # type: ignore[arg-type]
    finally:
        qapp.setQuitOnLastWindowClosed(True)
    assert tray is not None
    assert window.hides_on_close
    open_action, quit_action = tray.contextMenu().actions()
    assert (open_action.text(), quit_action.text()) == ("Open Stem Bridge", "Quit")
    open_action.trigger()
    assert window.isVisible()
    quit_action.trigger()
    assert quits == [True]
    assert not window.isVisible()


def test_quitting_is_given_up_if_the_window_stays(qapp: QApplication, window: Window, quits: list[bool]) -> None:
    window.agrees = False
    start._quit(qapp, window)  # type: ignore[arg-type]
    assert quits == []
    assert window.hides_on_close


@pytest.fixture
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window_without_a_question(
    qapp: QApplication, window: Window, quits: list[bool], handlers: None, number: signal.Signals
) -> None:
    start._end_on_signals(qapp, window)  # type: ignore[arg-type]
    signal.raise_signal(number)
    assert window.closed_without_asking
    assert quits == [True]


def test_a_minimised_window_is_restored_when_it_is_raised(window: Window) -> None:
    window.showMinimized()
    start._raise(window)  # type: ignore[arg-type]
    assert window.isVisible()
    assert not window.isMinimized()
