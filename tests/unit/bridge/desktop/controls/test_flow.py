"""The wrapping layout, with boxes of known size."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bridge.desktop.controls.flow import FlowLayout

BOX = QSize(40, 20)


class Box(QWidget):
    def sizeHint(self) -> QSize:  # noqa: N802
        return BOX

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return BOX


@pytest.fixture
def flow(qtbot: QtBot) -> Iterator[FlowLayout]:
    """Five boxes of 40 × 20 px with 10 px between them."""
    holder = QWidget()
    qtbot.addWidget(holder)
    layout = FlowLayout(holder, spacing=10)
    for _ in range(5):
        layout.addWidget(Box())
    holder.show()
    yield layout
    holder.close()


def places(flow: FlowLayout) -> list[tuple[int, int]]:
    items = [flow.itemAt(index) for index in range(flow.count())]
    return [(item.geometry().x(), item.geometry().y()) for item in items if item is not None]


def test_boxes_fill_a_line_and_then_the_next(flow: FlowLayout) -> None:
    flow.setGeometry(QRect(0, 0, 140, 100))  # 40 + 10 + 40 + 10 + 40
    assert places(flow) == [(0, 0), (50, 0), (100, 0), (0, 30), (50, 30)]


def test_a_pixel_less_wraps_one_box_earlier(flow: FlowLayout) -> None:
    flow.setGeometry(QRect(0, 0, 139, 100))
    assert places(flow)[:3] == [(0, 0), (50, 0), (0, 30)]


def test_the_layout_begins_where_it_is_put(flow: FlowLayout) -> None:
    flow.setGeometry(QRect(7, 9, 90, 100))
    assert places(flow) == [(7, 9), (57, 9), (7, 39), (57, 39), (7, 69)]


@pytest.mark.parametrize(("width_px", "height_px"), [(240, 20), (239, 50), (140, 50), (90, 80), (40, 140), (10, 140)])
def test_the_height_is_that_of_all_lines(flow: FlowLayout, width_px: int, height_px: int) -> None:
    assert flow.hasHeightForWidth()
    assert flow.heightForWidth(width_px) == height_px


def test_asking_for_the_height_moves_nothing(flow: FlowLayout) -> None:
    flow.setGeometry(QRect(0, 0, 240, 20))
    before = places(flow)
    flow.heightForWidth(40)
    assert places(flow) == before


def test_it_can_be_as_narrow_as_its_widest_box(flow: FlowLayout) -> None:
    assert flow.sizeHint() == flow.minimumSize() == BOX


def test_items_are_taken_out_one_by_one(flow: FlowLayout) -> None:
    first, second = flow.itemAt(0), flow.itemAt(1)
    assert flow.takeAt(0) is first
    assert flow.itemAt(0) is second
    assert flow.count() == 4
    assert flow.itemAt(4) is flow.takeAt(-1) is flow.takeAt(9) is None


def test_an_empty_layout_has_no_height(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    assert FlowLayout(holder).heightForWidth(100) == 0
