"""Dragging stems out of the window, as the project's own files: a DAW may link them, so they are never moved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from bridge.desktop.controls.widgets import tool
from bridge.desktop.look.icons import pixmap
from bridge.desktop.look.palette import tokens


def files_of(paths: Sequence[Path]) -> QMimeData:
    """Return the data of a drop: file URLs of `paths`, in their order."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def start_drag(source: QWidget, paths: Sequence[Path]) -> Qt.DropAction:
    """Drag `paths`, offered for copying only; return the drop action of the target."""
    drag = QDrag(source)
    drag.setMimeData(files_of(paths))
    drag.setPixmap(pixmap("logo", 40, tokens().accent))
    drag.setHotSpot(QPoint(20, 20))
    return drag.exec(Qt.DropAction.CopyAction)


class DragHandle(QToolButton):
    """A grip that drags files out of the window; a click or a key press copies them to the clipboard instead."""

    def __init__(self, paths: Sequence[Path], name: str) -> None:
        super().__init__()
        model = tool("drag", name, tip=f"{name}: drag into any program, click to copy the files")
        self.setIcon(model.icon())
        self.setIconSize(model.iconSize())
        self.setProperty("role", "flat")
        self.setProperty("sign", "drag")
        self.setAccessibleName(name)
        self.setToolTip(model.toolTip())
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.paths = list(paths)
        self._pressed: QPoint | None = None
        self.clicked.connect(self.copy)

    def copy(self) -> None:
        """Copy the files to the clipboard."""
        QApplication.clipboard().setMimeData(files_of(self.paths))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Store the position at which a drag may begin."""
        self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin the drag once the pointer has moved far enough."""
        moved = event.position().toPoint() - self._pressed if self._pressed is not None else QPoint()
        if self._pressed is not None and moved.manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self.setDown(False)
            start_drag(self, self.paths)
