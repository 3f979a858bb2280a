"""Factories for labels, buttons and layouts, with style sheet role, tooltip and accessible name."""

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
    made.setTextFormat(Qt.TextFormat.PlainText)  # text from files and networks must not be read as markup
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    return made


def button(text: str, on_click: Callable[[], object], name: str = "", tip: str = "") -> QPushButton:
    """Return a push button; `name` is its accessible name (default: its text)."""
    made = QPushButton(text)
    made.setAccessibleName(name or text)
    made.setToolTip(tip)
    made.clicked.connect(lambda: on_click())
    return made


def tool(
    sign: str, name: str, on_click: Callable[[], object] | None = None, *, checkable: bool = False, tip: str = ""
) -> QToolButton:
    """Return a flat button with the icon `sign`; `name` is its accessible name and, without `tip`, its tooltip."""
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
    """Redraw the icon of every tool button below `root` in the colours in use."""
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
    """Add a left margin to the number in a spin box, which a style sheet cannot; return the box."""
    field.lineEdit().setTextMargins(6, 0, 0, 0)
    return field


def scrolled(body: QWidget) -> QScrollArea:
    """Return a vertical scroll area around `body`, which is as wide as the area."""
    made = QScrollArea()
    made.setWidgetResizable(True)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setWidget(body)
    return made


def restyle(widget: QWidget, **properties: object) -> None:
    """Set properties that the style sheet selects by, and apply the style sheet again."""
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
