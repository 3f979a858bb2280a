"""Dragging files out, up to Qt's own drag, which is replaced."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from bridge.desktop.takes import drag
from bridge.desktop.takes.drag import DragHandle, files_of, start_drag


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    return [tmp_path / "drums.wav", tmp_path / "bass & more #1.wav"]


@pytest.fixture
def handle(qtbot: QtBot, paths: list[Path]) -> DragHandle:
    made = DragHandle(paths, "Drag all stems")
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_drop_has_the_files_in_their_order(paths: list[Path]) -> None:
    assert [url.toLocalFile() for url in files_of(paths).urls()] == [str(path) for path in paths]
    assert files_of(paths).hasFormat("text/uri-list")


def test_a_drag_offers_copies_only(qtbot: QtBot, paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[tuple[object, list[str]]] = []

    def execute(drag: QDrag, actions: Qt.DropAction) -> Qt.DropAction:
        offered.append((actions, [url.toLocalFile() for url in drag.mimeData().urls()]))
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", execute)
    source = QWidget()
    qtbot.addWidget(source)
    assert start_drag(source, paths) is Qt.DropAction.CopyAction
    assert offered == [(Qt.DropAction.CopyAction, [str(path) for path in paths])]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[Path]]:
    calls: list[list[Path]] = []
    monkeypatch.setattr(drag, "start_drag", lambda _, files: calls.append(files))
    return calls


def test_a_drag_begins_after_some_way_and_only_once(
    handle: DragHandle, qtbot: QtBot, paths: list[Path], started: list[list[Path]]
) -> None:
    far = QApplication.startDragDistance()
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    qtbot.mouseMove(handle, QPoint(5 + far - 1, 5))
    assert started == []
    for way in (far, far + 5):
        qtbot.mouseMove(handle, QPoint(5 + way, 5))
    assert started == [paths]
    assert not handle.isDown()


def test_moving_without_pressing_drags_nothing(handle: DragHandle, qtbot: QtBot, started: list[list[Path]]) -> None:
    qtbot.mouseMove(handle, QPoint(90, 5))
    assert started == []


def test_a_click_copies_the_files(handle: DragHandle, qtbot: QtBot, paths: list[Path]) -> None:
    handle.click()
    assert [url.toLocalFile() for url in QApplication.clipboard().mimeData().urls()] == [str(path) for path in paths]


def test_the_grip_says_what_it_does(handle: DragHandle) -> None:
    assert handle.accessibleName() == "Drag all stems"
    assert handle.toolTip() == "Drag all stems: drag into any program, click to copy the files"
    assert not handle.icon().isNull()
