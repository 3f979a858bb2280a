"""Zoom factors and scroll distances from Qt's wheel, touch pad and touch screen events."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

NOTCH = 120
"""Qt's wheel angle per notch: 15 degrees in units of 1/8 degree."""
NOTCH_ZOOM = 1.25
NOTCH_SCROLL_PX = 80.0


def wheel_of(event: QWheelEvent) -> tuple[float, float]:
    """Return the zoom factor and the scroll distance to the right in px of a wheel event; (1, 0) for neither."""
    angle, pixels = event.angleDelta(), event.pixelDelta()
    if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return float(NOTCH_ZOOM ** (angle.y() / NOTCH)), 0.0
    if abs(angle.x()) > abs(angle.y()):
        return 1.0, -float(pixels.x() or angle.x() / NOTCH * NOTCH_SCROLL_PX)
    if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        return 1.0, -float(pixels.y() or angle.y() / NOTCH * NOTCH_SCROLL_PX)
    return 1.0, 0.0


def pinch_of(event: QEvent, widget: QWidget) -> tuple[float, float] | None:
    """Return the zoom factor of a pinch and its x in px of the widget; None if the event is no pinch."""
    if isinstance(event, QNativeGestureEvent):
        if event.gestureType() is not Qt.NativeGestureType.ZoomNativeGesture:
            return None
        return max(0.1, 1.0 + event.value()), event.position().x()
    if isinstance(event, QGestureEvent):
        pinch = event.gesture(Qt.GestureType.PinchGesture)
        if isinstance(pinch, QPinchGesture):
            return max(0.1, pinch.scaleFactor()), float(widget.mapFromGlobal(pinch.centerPoint()).x())
    return None
