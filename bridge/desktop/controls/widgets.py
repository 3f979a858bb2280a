"""Makers of labels and buttons: each with its role in the style sheet, a tooltip and a name for screen readers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bridge.desktop.look.icons import icon

Spin = TypeVar("Spin", bound=QAbstractSpinBox)


def label(text: str, role: str = "", wrap: bool = False) -> QLabel:
    """Return a label; `role` is one of the style sheet's ("dim", "heading", "title", …)."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)  # words from files and networks are never markup
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    return made


def button(text: str, on_click: Callable[[], object], name: str = "", tip: str = "") -> QPushButton:
    """Return a push button; `name` is what a screen reader says (default: its text)."""
    made = QPushButton(text)
    made.setAccessibleName(name or text)
    made.setToolTip(tip)
    made.clicked.connect(lambda: on_click())
    return made


def tool(
    sign: str, name: str, on_click: Callable[[], object] | None = None, *, checkable: bool = False, tip: str = ""
) -> QToolButton:
    """Return a flat button with the icon `sign`; `name` is its tooltip and what a screen reader says."""
    made = QToolButton()
    made.setIcon(icon(sign))
    made.setIconSize(QSize(16, 16))
    made.setProperty("role", "flat")
    made.setProperty("sign", sign)
    made.setAccessibleName(name)
    made.setToolTip(tip or name)
    made.setCheckable(checkable)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if on_click is not None:
        made.clicked.connect(lambda: on_click())
    return made


def refresh_icons(root: QWidget) -> None:
    """Draw every icon below `root` anew, in the colours that hold now."""
    for made in root.findChildren(QToolButton):
        sign = made.property("sign")
        if sign:
            made.setIcon(icon(str(sign)))


def row(*items: QWidget | None, spacing: int = 6, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Return a row of widgets; None is a stretch."""
    made = QHBoxLayout()
    _fill(made, items, spacing, margins)
    return made


def column(
    *items: QWidget | None, spacing: int = 6, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QVBoxLayout:
    """Return a column of widgets; None is a stretch."""
    made = QVBoxLayout()
    _fill(made, items, spacing, margins)
    return made


def inset(field: Spin) -> Spin:
    """Give the number in a spin box some air on its left, which no style sheet can; return the box."""
    field.lineEdit().setTextMargins(6, 0, 0, 0)
    return field


def scrolled(body: QWidget) -> QScrollArea:
    """Return an area in which `body` is as wide as there is room, and as high as it needs."""
    made = QScrollArea()
    made.setWidgetResizable(True)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setWidget(body)
    return made


def restyle(widget: QWidget, **properties: object) -> None:
    """Set properties that the style sheet looks at, and let it look again."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def _fill(
    made: QBoxLayout, items: tuple[QWidget | None, ...], spacing: int, margins: tuple[int, int, int, int]
) -> None:
    made.setSpacing(spacing)
    made.setContentsMargins(*margins)
    for item in items:
        if item is None:
            made.addStretch(1)
        else:
            made.addWidget(item)
