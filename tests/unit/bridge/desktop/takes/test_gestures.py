"""Wheel and pinch events as zoom factors and scroll distances."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bridge.desktop.takes.gestures import pinch_of, wheel_of

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


def wheel(modifiers: Qt.KeyboardModifier, angle: tuple[int, int], pixels: tuple[int, int] = (0, 0)) -> QWheelEvent:
    return QWheelEvent(
        QPointF(),
        QPointF(),
        QPoint(*pixels),
        QPoint(*angle),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )


@pytest.mark.parametrize(
    ("modifiers", "angle", "pixels", "expected"),
    [
        (CTRL, (0, 120), (0, 0), (1.25, 0.0)),
        (CTRL, (0, -240), (0, 0), (0.64, 0.0)),
        (CTRL, (0, 60), (0, 0), (1.25**0.5, 0.0)),
        (SHIFT, (0, 120), (0, 0), (1.0, -80.0)),
        (SHIFT, (0, 120), (0, 33), (1.0, -33.0)),
        (NONE, (-120, 0), (0, 0), (1.0, 80.0)),
        (NONE, (-120, 10), (-7, 2), (1.0, 7.0)),
        (NONE, (0, 120), (0, 0), (1.0, 0.0)),
    ],
)
def test_a_wheel_zooms_with_ctrl_and_scrolls_with_shift_or_sideways(
    qtbot: QtBot,
    modifiers: Qt.KeyboardModifier,
    angle: tuple[int, int],
    pixels: tuple[int, int],
    expected: tuple[float, float],
) -> None:
    assert wheel_of(wheel(modifiers, angle, pixels)) == pytest.approx(expected)


def pinch(kind: Qt.NativeGestureType, value: float) -> QNativeGestureEvent:
    at = QPointF(30, 5)
    return QNativeGestureEvent(kind, QPointingDevice.primaryPointingDevice(), 2, at, at, at, value, QPointF())


def test_a_pinch_has_a_factor_and_a_place_and_never_turns_the_picture_around(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    zoom = Qt.NativeGestureType.ZoomNativeGesture
    assert pinch_of(pinch(zoom, 0.5), widget) == (1.5, 30.0)
    assert pinch_of(pinch(zoom, -3.0), widget) == (0.1, 30.0)


def test_other_events_are_no_pinch(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    assert pinch_of(pinch(Qt.NativeGestureType.RotateNativeGesture, 0.5), widget) is None
    assert pinch_of(QEvent(QEvent.Type.Enter), widget) is None
