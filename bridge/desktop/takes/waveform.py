"""Stacked stem waveforms on bar lines: click to move the playhead, drag to mark a region, wheel and pinch to zoom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLineF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from bridge.desktop.look.palette import tokens
from bridge.desktop.takes.bar_lines import BarLines, Region
from bridge.desktop.takes.gestures import pinch_of, wheel_of
from bridge.desktop.takes.picture import LANE_PX, RULER_PX, draw_picture
from bridge.desktop.takes.zoom import Zoom

if TYPE_CHECKING:
    from bridge.app.player.peaks import Peaks
    from bridge.takes.library import TakeView

MIN_DRAG_PX, GRIP_PX = 5, 6
KEY_ZOOM = 1.5
KEY_SCROLL = 0.8
"""Page Up and Page Down scroll by this share of the width."""
_DESCRIPTION = (
    "Left and right move by a bar; with Shift they move the marked region's end, with Ctrl and Shift its start;"
    " Escape unmarks. Plus, minus and 0 zoom, Page Up and Page Down scroll."
)
_ZOOM_KEYS = {
    Qt.Key.Key_Plus.value: KEY_ZOOM,
    Qt.Key.Key_Equal.value: KEY_ZOOM,
    Qt.Key.Key_Minus.value: 1 / KEY_ZOOM,
    Qt.Key.Key_0.value: 0.0,
}
_SCROLL_KEYS = {Qt.Key.Key_PageUp.value: -KEY_SCROLL, Qt.Key.Key_PageDown.value: KEY_SCROLL}
_STEP_KEYS = {Qt.Key.Key_Left.value: -1, Qt.Key.Key_Right.value: 1}


class Waveform(QWidget):
    """The waveforms of one take, with playhead and marked region.

    Signals:
        sought(int): the playhead was put at this frame.
        marked(object): a region (first frame, end frame) was marked, or None: the mark was removed.
    """

    sought = Signal(int)
    marked = Signal(object)

    def __init__(self, take: TakeView) -> None:
        super().__init__()
        self.take = take
        self.region: Region | None = None
        self.playhead: int | None = None
        points = () if take.meters.is_constant else take.meters.points
        signatures = {point.bar: str(point.meter) for point in points}
        self.bar_lines = BarLines(take.bar_frames(), take.beat_frames(), take.frames, signatures)
        self.zoom = Zoom.fit(take.frames, self.width())
        self._peaks: Mapping[str, Peaks] = {}
        self._quiet: frozenset[str] = frozenset()
        self._picture: QPixmap | None = None
        self._pressed_px: float | None = None
        self._anchor = 0  # the frame at which a drag began, or the edge of the region that stays
        self._drags = ""  # "", "mark", "edge"
        self.setFixedHeight(RULER_PX + LANE_PX * max(1, len(take.stems)))
        self.setMinimumWidth(200)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setAccessibleName(f"Waveform of {take.title}")
        self.setAccessibleDescription(_DESCRIPTION)
        self.setToolTip("Click to move the playhead, drag to mark bars, Ctrl and wheel to zoom")

    def show_peaks(self, peaks: Mapping[str, Peaks]) -> None:
        """Draw these waveforms, by name of the stem."""
        self._peaks = peaks
        self.redraw()

    def show_quiet(self, names: frozenset[str]) -> None:
        """Draw these stems as silenced."""
        if names != self._quiet:
            self._quiet = names
            self.redraw()

    def set_playhead(self, frame: int | None) -> None:
        """Move the playhead, redrawing only what changes; scroll when it leaves the visible part."""
        before, self.playhead = self.playhead, frame
        if before is not None and frame is not None and self.zoom.shows(before) and not self.zoom.shows(frame):
            self.set_zoom(self.zoom.turned_to(frame))
        for one in (before, frame):
            if one is not None:
                self.update(int(self.zoom.x(one)) - 2, 0, 5, self.height())

    def set_region(self, region: Region | None) -> None:
        """Mark a region, or remove the mark."""
        self.region = region
        self.update()
        self.marked.emit(region)

    def set_zoom(self, zoom: Zoom) -> None:
        """Show another part of the take, or at another scale."""
        if zoom != self.zoom:
            self.zoom = zoom
            self.redraw()

    def redraw(self) -> None:
        """Redraw everything, including the cached picture."""
        self._picture = None
        self.update()

    def bar_of(self, frame: int) -> int:
        """Return the bar, from 0, that a frame lies in."""
        return self.bar_lines.bar_of(frame)

    def event(self, event: QEvent) -> bool:
        """Zoom on a pinch, on a touch pad or a touch screen."""
        pinch = pinch_of(event, self)
        if pinch is None:
            return super().event(event)
        self.set_zoom(self.zoom.zoomed(*pinch))
        event.accept()
        return True

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom with Ctrl, scroll with Shift or a sideways wheel; otherwise leave the event to the list of takes."""
        factor, px = wheel_of(event)
        if factor != 1.0:
            self.set_zoom(self.zoom.zoomed(factor, event.position().x()))
        elif px and not self.zoom.is_whole:
            self.set_zoom(self.zoom.scrolled(px))
        else:
            event.ignore()
            return
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the cached picture, then region, playhead and focus frame on it."""
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            self._picture = draw_picture(
                self.size(), ratio, self.zoom, self.bar_lines, self.take.stems, self._peaks, self._quiet
            )
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        painter.drawPixmap(0, 0, self._picture)
        t, height = tokens(), self.height()
        if self.region is not None:
            left, right = self.zoom.x(self.region[0]), self.zoom.x(self.region[1])
            shade = QColor(t.accent)
            shade.setAlpha(46)
            painter.fillRect(QRectF(left, 0, right - left, height), shade)
            painter.setPen(QPen(QColor(t.accent), 1.5))
            painter.drawLines([QLineF(x, 0, x, height) for x in (left, right)])
        if self.playhead is not None:
            x = self.zoom.x(self.playhead)
            painter.setPen(QPen(QColor(t.playhead), 1.5))
            painter.drawLine(QLineF(x, 0, x, height))
        if self.hasFocus():
            painter.setPen(QPen(QColor(t.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the visible part on another width."""
        self.zoom = self.zoom.resized(self.width())
        self._picture = None
        super().resizeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Start a click, a new region, or a drag of a region's edge."""
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._pressed_px = event.position().x()
        other = self._other_edge(self._pressed_px)
        self._drags = "" if other is None else "edge"
        self._anchor = self.zoom.frame(self._pressed_px) if other is None else other

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Mark from where the button was pressed to here, or drag the edge here; scroll beyond the sides."""
        x = event.position().x()
        if self._pressed_px is None:
            grips = self._other_edge(x) is not None
            self.setCursor(Qt.CursorShape.SizeHorCursor if grips else Qt.CursorShape.ArrowCursor)
            return
        if abs(x - self._pressed_px) > MIN_DRAG_PX:
            self._drags = self._drags or "mark"
            self.set_zoom(self.zoom.scrolled(min(0.0, x) + max(0.0, x - self.width())))
        frame = self.zoom.frame(x)
        if self._drags:
            span = self.bar_lines.whole_bars if self._drags == "mark" else self.bar_lines.with_edge
            region = span(self._anchor, frame)
            if region != self.region:
                self.set_region(region)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Move the playhead and remove the mark on a click without a drag."""
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mouseReleaseEvent(event)
            return
        pressed, self._pressed_px = self._pressed_px, None
        if pressed is not None and not self._drags:
            if self.region is not None:
                self.set_region(None)
            self.sought.emit(self.zoom.frame(pressed))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Handle the keys that the widget's accessible description lists."""
        key = event.key()
        if key in _STEP_KEYS:
            self._step(_STEP_KEYS[key], event.modifiers())
        elif key == Qt.Key.Key_Escape and self.region is not None:
            self.set_region(None)
        elif key in _ZOOM_KEYS:
            factor = _ZOOM_KEYS[key]
            self.set_zoom(self.zoom.zoomed(factor, self._centre_px()) if factor else self._whole())
        elif key in _SCROLL_KEYS and not self.zoom.is_whole:
            self.set_zoom(self.zoom.scrolled(_SCROLL_KEYS[key] * self.width()))
        else:
            super().keyPressEvent(event)

    def _step(self, bars: int, modifiers: Qt.KeyboardModifier) -> None:
        here = self.playhead or 0
        if not modifiers & Qt.KeyboardModifier.ShiftModifier:
            to = min(self.bar_lines.step(here, bars), self.bar_lines.bars[-1])
            self.sought.emit(to)
        else:
            bar = self.bar_lines.bar_of(here)
            start, end = self.region or (self.bar_lines.bars[bar], self.bar_lines.bars[bar])
            if modifiers & Qt.KeyboardModifier.ControlModifier and self.region:
                to = start = min(self.bar_lines.step(start, bars), self.bar_lines.step(end, -1))
            else:
                to = end = max(self.bar_lines.step(end, bars), self.bar_lines.step(start, 1))
            self.set_region((start, end))
        self.set_zoom(self.zoom.turned_to(min(to, self.take.frames - 1)))

    def _other_edge(self, x: float) -> int | None:
        """Return the region's far edge if the near one is under the mouse."""
        if self.region is None:
            return None
        for near, far in (self.region, self.region[::-1]):
            if abs(self.zoom.x(near) - x) <= GRIP_PX:
                return far
        return None

    def _whole(self) -> Zoom:
        return Zoom.fit(self.take.frames, self.width())

    def _centre_px(self) -> float:
        """Return the x at which keys zoom: the playhead's if it is visible, else the middle."""
        if self.playhead is not None and self.zoom.shows(self.playhead):
            return self.zoom.x(self.playhead)
        return self.width() / 2
