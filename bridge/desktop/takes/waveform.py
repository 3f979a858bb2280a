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

from bridge.desktop.look.style import tokens
from bridge.desktop.takes.bar_lines import Grid, Region
from bridge.desktop.takes.gestures import pinch_of, wheel_of
from bridge.desktop.takes.picture import LANE_PX, RULER_PX, draw_picture
from bridge.desktop.takes.zoom import View

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
    """One take's picture.

    Signals:
        sought(int): the playhead was put at this frame.
        marked(object): a region (first and last frame) was marked, or None: the mark is gone.
    """

    sought = Signal(int)
    marked = Signal(object)

    def __init__(self, take: TakeView) -> None:
        super().__init__()
        self.take = take
        self.region: Region | None = None
        self.playhead: int | None = None
        self.grid = Grid(take.bar_frames(), take.beat_frames(), take.frames)
        self.view = View.fit(take.frames, self.width())
        self._peaks: Mapping[str, Peaks] = {}
        self._quiet: frozenset[str] = frozenset()
        self._picture: QPixmap | None = None
        self._pressed_px: float | None = None
        self._anchor = 0  # the frame that a drag began at, or the edge that stays where it is
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
        """Draw these waveforms, by stem."""
        self._peaks = peaks
        self.redress()

    def show_quiet(self, names: frozenset[str]) -> None:
        """Draw these stems as not heard."""
        if names != self._quiet:
            self._quiet = names
            self.redress()

    def set_playhead(self, frame: int | None) -> None:
        """Move the playhead; only the strip that changes is drawn, until it leaves what is in sight."""
        before, self.playhead = self.playhead, frame
        if before is not None and frame is not None and self.view.shows(before) and not self.view.shows(frame):
            self.set_view(self.view.turned_to(frame))
        for one in (before, frame):
            if one is not None:
                self.update(int(self.view.x(one)) - 2, 0, 5, self.height())

    def set_region(self, region: Region | None) -> None:
        """Mark a region, or none."""
        self.region = region
        self.update()
        self.marked.emit(region)

    def set_view(self, view: View) -> None:
        """Show another part of the take."""
        if view != self.view:
            self.view = view
            self.redress()

    def redress(self) -> None:
        """Draw all of it anew."""
        self._picture = None
        self.update()

    def bar_of(self, frame: int) -> int:
        """Return the bar, from 0, that a frame lies in."""
        return self.grid.bar_of(frame)

    def event(self, event: QEvent) -> bool:
        """Zoom by pinching, on a touch pad or a touch screen."""
        pinch = pinch_of(event, self)
        if pinch is None:
            return super().event(event)
        self.set_view(self.view.zoomed(*pinch))
        event.accept()
        return True

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Ctrl and wheel zoom, Shift and wheel (or a wheel to the side) scroll; else the list of takes scrolls."""
        factor, px = wheel_of(event)
        if factor != 1.0:
            self.set_view(self.view.zoomed(factor, event.position().x()))
        elif px and not self.view.is_whole:
            self.set_view(self.view.scrolled(px))
        else:
            event.ignore()
            return
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the cached picture, then what moves on it."""
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            self._picture = draw_picture(
                self.size(), ratio, self.view, self.grid, self.take.stems, self._peaks, self._quiet
            )
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        painter.drawPixmap(0, 0, self._picture)
        t, height = tokens(), self.height()
        if self.region is not None:
            left, right = self.view.x(self.region[0]), self.view.x(self.region[1])
            shade = QColor(t.accent)
            shade.setAlpha(46)
            painter.fillRect(QRectF(left, 0, right - left, height), shade)
            painter.setPen(QPen(QColor(t.accent), 1.5))
            painter.drawLines([QLineF(x, 0, x, height) for x in (left, right)])
        if self.playhead is not None:
            x = self.view.x(self.playhead)
            painter.setPen(QPen(QColor(t.playhead), 1.5))
            painter.drawLine(QLineF(x, 0, x, height))
        if self.hasFocus():
            painter.setPen(QPen(QColor(t.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Show the same on another width."""
        self.view = self.view.resized(self.width())
        self._picture = None
        super().resizeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin a click, a mark, or take hold of a region's edge."""
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._pressed_px = event.position().x()
        other = self._other_edge(self._pressed_px)
        self._drags = "" if other is None else "edge"
        self._anchor = self.view.frame(self._pressed_px) if other is None else other

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Mark from where the button went down to here, or pull the edge here."""
        x = event.position().x()
        if self._pressed_px is None:
            grips = self._other_edge(x) is not None
            self.setCursor(Qt.CursorShape.SizeHorCursor if grips else Qt.CursorShape.ArrowCursor)
            return
        if abs(x - self._pressed_px) > MIN_DRAG_PX:
            self._drags = self._drags or "mark"
            self.set_view(self.view.scrolled(min(0.0, x) + max(0.0, x - self.width())))
        frame = self.view.frame(x)
        if self._drags:
            span = self.grid.whole_bars if self._drags == "mark" else self.grid.with_edge
            region = span(self._anchor, frame)
            if region != self.region:
                self.set_region(region)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click that marked nothing moves the playhead and unmarks."""
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mouseReleaseEvent(event)
            return
        pressed, self._pressed_px = self._pressed_px, None
        if pressed is not None and not self._drags:
            if self.region is not None:
                self.set_region(None)
            self.sought.emit(self.view.frame(pressed))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """See the widget's accessible description."""
        key = event.key()
        if key in _STEP_KEYS:
            self._step(_STEP_KEYS[key], event.modifiers())
        elif key == Qt.Key.Key_Escape and self.region is not None:
            self.set_region(None)
        elif key in _ZOOM_KEYS:
            factor = _ZOOM_KEYS[key]
            self.set_view(self.view.zoomed(factor, self._centre_px()) if factor else self._whole())
        elif key in _SCROLL_KEYS and not self.view.is_whole:
            self.set_view(self.view.scrolled(_SCROLL_KEYS[key] * self.width()))
        else:
            super().keyPressEvent(event)

    def _step(self, bars: int, modifiers: Qt.KeyboardModifier) -> None:
        here = self.playhead or 0
        if not modifiers & Qt.KeyboardModifier.ShiftModifier:
            to = min(self.grid.step(here, bars), self.grid.bars[-1])
            self.sought.emit(to)
        else:
            bar = self.grid.bar_of(here)
            start, end = self.region or (self.grid.bars[bar], self.grid.bars[bar])
            if modifiers & Qt.KeyboardModifier.ControlModifier and self.region:
                to = start = min(self.grid.step(start, bars), self.grid.step(end, -1))
            else:
                to = end = max(self.grid.step(end, bars), self.grid.step(start, 1))
            self.set_region((start, end))
        self.set_view(self.view.turned_to(min(to, self.take.frames - 1)))

    def _other_edge(self, x: float) -> int | None:
        """Return the region's far edge if the near one is under the mouse."""
        if self.region is None:
            return None
        for near, far in (self.region, self.region[::-1]):
            if abs(self.view.x(near) - x) <= GRIP_PX:
                return far
        return None

    def _whole(self) -> View:
        return View.fit(self.take.frames, self.width())

    def _centre_px(self) -> float:
        """Return where keys zoom: at the playhead if it is in sight, else in the middle."""
        if self.playhead is not None and self.view.shows(self.playhead):
            return self.view.x(self.playhead)
        return self.width() / 2
