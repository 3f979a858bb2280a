"""The layout of the window: bar on top, request on the left, takes in the middle, transport at the bottom."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget


def frame(top: QWidget, left: QWidget, notes: QWidget, middle: QWidget, marks: QWidget, bottom: QWidget) -> QWidget:
    """Return the central widget with all parts laid out on it.

    Parameters
    ----------
    top, left, middle, bottom : QWidget
        DAW bar, request, list of takes and transport, edge to edge.
    notes, marks : QWidget
        Messages above the list and the region bar below it, both with a margin.
    """
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addLayout(_with_margins(notes, 8, 0))
    column.addWidget(middle, 1)
    column.addLayout(_with_margins(marks, 0, 8))
    centre = QHBoxLayout()
    centre.setSpacing(0)
    centre.addWidget(left)
    centre.addLayout(column, 1)
    ground = QWidget()
    ground.setObjectName("ground")
    box = QVBoxLayout(ground)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    top.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    box.addWidget(top)
    box.addLayout(centre, 1)
    box.addWidget(bottom)
    return ground


def _with_margins(widget: QWidget, above_px: int, below_px: int) -> QVBoxLayout:
    box = QVBoxLayout()
    box.setContentsMargins(16, above_px, 16, below_px)
    box.addWidget(widget)
    return box
