"""The selftest's verdicts, over a window that is painted by the test."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from bridge.app.events import CoreFailed, CoreReady
from bridge.desktop import selftest
from engine.errors import StemBridgeError


class Reports(QObject):
    ready = Signal(object)
    failed = Signal(object)


class Window(QWidget):
    """Stripes in as many colours as are given, and one event of the companion."""

    def __init__(self, event: object, colours: int) -> None:
        super().__init__()
        self.resize(280, 70)
        self.adapter, self._colours = Reports(), colours
        self.show()
        signal = self.adapter.ready if isinstance(event, CoreReady) else self.adapter.failed
        QTimer.singleShot(0, self, lambda: signal.emit(event))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        for number in range(self._colours):
            painter.fillRect(number * self.width() // self._colours, 0, self.width(), 70, QColor(number * 20, 0, 0))
        painter.end()


def run(monkeypatch: pytest.MonkeyPatch, qapp: QApplication, window: Window | Exception) -> tuple[int, list[bool]]:
    closed: list[bool] = []

    def open_window(*_: object) -> SimpleNamespace:
        if isinstance(window, Exception):
            raise window
        return SimpleNamespace(window=window, close=lambda: closed.append(True))

    with monkeypatch.context() as patch:  # undone before pytest-qt needs the real class
        patch.setattr("PySide6.QtWidgets.QApplication", lambda _: qapp)
        patch.setattr("bridge.desktop.start.open_window", open_window)
        patch.setattr("bridge.desktop.display.problem", lambda: None)
        return selftest.main(), closed


def test_a_painted_window_with_a_companion_passes(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, qapp, Window(CoreReady(9124, 9125), 10)) == (0, [True])
    out = capsys.readouterr().out
    assert out.startswith("280 × 70 pixels, 10 colours, ")
    assert out.rstrip().endswith("CoreReady(osc_port=9124, http_port=9125)")


def test_an_empty_window_fails(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, qapp, Window(CoreReady(1, 2), selftest.MIN_COLOURS - 1)) == (1, [True])
    assert capsys.readouterr().err == "the window is empty: 7 colours\n"


def test_a_window_that_the_screen_does_not_show_fails(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(selftest, "READY_TIMEOUT_S", 0.2)
    window = Window(CoreReady(1, 2), 10)
    window.hide()
    assert run(monkeypatch, qapp, window) == (1, [True])
    assert capsys.readouterr().err == "the screen (offscreen) did not show the window within 0.2 s\n"


def test_a_companion_that_does_not_start_fails(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, qapp, Window(CoreFailed("The port is taken."), 10)) == (1, [True])
    assert "The port is taken." in capsys.readouterr().err


def test_a_window_that_cannot_be_opened_fails_with_its_sentence(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, qapp, StemBridgeError("The disk is full.")) == (1, [])
    assert capsys.readouterr().err == "The disk is full.\n"


def test_without_a_screen_it_fails_before_qt_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("bridge.desktop.display.problem", lambda: "There is no screen.")
        patch.setattr("PySide6.QtWidgets.QApplication", pytest.fail)
        assert selftest.main() == 1
    assert capsys.readouterr().err == "There is no screen.\n"
