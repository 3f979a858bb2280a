"""The layout of the window, with plain widgets as its parts."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bridge.desktop.window.frame import frame

PARTS = ("top", "left", "notes", "middle", "marks", "bottom")


@pytest.fixture
def parts(qtbot: QtBot) -> dict[str, QWidget]:
    """The parts in a window of 1000 × 600 px, each laid out."""
    made = {name: QWidget() for name in PARTS}
    made["top"].setFixedHeight(50)
    made["bottom"].setFixedHeight(40)
    made["left"].setFixedWidth(300)
    made["notes"].setFixedHeight(30)
    made["marks"].setFixedHeight(20)
    ground = frame(*made.values())
    qtbot.addWidget(ground)
    ground.resize(1000, 600)
    ground.show()
    return {**made, "ground": ground}


def box(parts: dict[str, QWidget], name: str) -> tuple[int, int, int, int]:
    return parts[name].geometry().getRect()  # type: ignore[return-value]


def test_each_part_has_its_place(parts: dict[str, QWidget]) -> None:
    assert box(parts, "top") == (0, 0, 1000, 50)
    assert box(parts, "bottom") == (0, 560, 1000, 40)
    assert box(parts, "left") == (0, 50, 300, 510)
    assert box(parts, "notes") == (316, 58, 668, 30)  # 16 px at both sides, 8 above
    assert box(parts, "middle") == (300, 88, 700, 444)
    assert box(parts, "marks") == (316, 532, 668, 20)  # and 8 below


def test_hidden_parts_leave_their_room_to_the_middle(parts: dict[str, QWidget]) -> None:
    for name in ("notes", "marks"):
        parts[name].hide()
    parts["ground"].layout().activate()
    _, y, _, height = box(parts, "middle")
    assert (y, height) == (58, 494)


def test_the_bar_is_painted_by_the_style_sheet(parts: dict[str, QWidget]) -> None:
    assert parts["top"].testAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    assert parts["ground"].objectName() == "ground"
