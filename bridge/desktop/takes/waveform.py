"""Stacked stem waveforms on bar lines; click to move the playhead, drag to mark a region of whole bars."""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from bridge.desktop.look.style import mono, tokens

if TYPE_CHECKING:
    from bridge.app.library import TakeView
    from bridge.player.peaks import Peaks

RULER_PX = 18
LANE_PX, COMPACT_LANE_PX = 40, 16
MIN_LABEL_PX = 34
MIN_DRAG_PX = 5

Region = tuple[int, int]


class Waveform(QWidget):
    """One take's picture.

    Signals:
        sought(int): the playhead was put at this frame.
        marked(object): a region (first and last frame) was marked, or None: the mark is gone.
    """

    sought = Signal(int)
    marked = Signal(object)

    def __init__(self, take: TakeView, *, compact: bool = False) -> None:
        super().__init__()
        self.take = take
        self.region: Region | None = None
        self.playhead: int | None = None
        self._bars = take.bar_frames()
        self._lane_px = COMPACT_LANE_PX if compact else LANE_PX
        self._peaks: Mapping[str, Peaks] = {}
        self._quiet: frozenset[str] = frozenset()
        self._picture: QPixmap | None = None
        self._pressed_px: float | None = None
        self.setFixedHeight(RULER_PX + self._lane_px * max(1, len(take.stems)))
        self.setMinimumWidth(200)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"Waveform of {take.title}")
        self.setAccessibleDescription("Left and right move by a bar; with Shift they mark a region; Escape unmarks.")
        self.setToolTip("Click to move the playhead, drag to mark bars")

    def show_peaks(self, peaks: Mapping[str, Peaks]) -> None:
        """Draw these waveforms, by stem."""
        self._peaks = peaks
        self._redraw()

    def show_quiet(self, names: frozenset[str]) -> None:
        """Draw these stems as not heard."""
        if names != self._quiet:
            self._quiet = names
            self._redraw()

    def set_playhead(self, frame: int | None) -> None:
        """Move the playhead; only the strip that changes is drawn."""
        before, self.playhead = self.playhead, frame
        for one in (before, frame):
            if one is not None:
                self.update(int(self._x(one)) - 2, 0, 5, self.height())

    def set_region(self, region: Region | None) -> None:
        """Mark a region, or none."""
        self.region = region
        self.update()
        self.marked.emit(region)

    def redress(self) -> None:
        """Draw anew in other colours."""
        self._redraw()

    def bar_of(self, frame: int) -> int:
        """Return the bar, from 0, that a frame lies in."""
        return max(0, bisect.bisect_right(self._bars, frame) - 1)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Draw the cached picture, then what moves on it."""
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            self._picture = self._draw(ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        t = tokens()
        if self.region is not None:
            left, right = self._x(self.region[0]), self._x(self.region[1])
            shade = QColor(t.accent)
            shade.setAlpha(46)
            painter.fillRect(QRectF(left, 0, right - left, self.height()), shade)
            painter.setPen(QPen(QColor(t.accent), 1.5))
            painter.drawLines([QLineF(x, 0, x, self.height()) for x in (left, right)])
        if self.playhead is not None:
            painter.setPen(QPen(QColor(t.playhead), 1.5))
            painter.drawLine(QLineF(self._x(self.playhead), 0, self._x(self.playhead), self.height()))
        if self.hasFocus():
            painter.setPen(QPen(QColor(t.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Forget the picture of another size."""
        self._picture = None
        super().resizeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin a click or a mark."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed_px = event.position().x()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Mark from where the button went down to here."""
        if self._pressed_px is not None and abs(event.position().x() - self._pressed_px) > MIN_DRAG_PX:
            self.set_region(self._whole_bars(self._pressed_px, event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click that marked nothing moves the playhead and unmarks."""
        pressed, self._pressed_px = self._pressed_px, None
        if pressed is not None and abs(event.position().x() - pressed) <= MIN_DRAG_PX:
            if self.region is not None:
                self.set_region(None)
            self.sought.emit(self._frame(pressed))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Left and right by bars, with Shift the region's end; Escape unmarks."""
        steps = {Qt.Key.Key_Left.value: -1, Qt.Key.Key_Right.value: 1}
        if event.key() in steps:
            self._step(steps[event.key()], bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif event.key() == Qt.Key.Key_Escape and self.region is not None:
            self.set_region(None)
        else:
            super().keyPressEvent(event)

    def _step(self, bars: int, marking: bool) -> None:
        edges = [*self._bars, self.take.frames]
        if marking:
            start = self.region[0] if self.region else edges[self.bar_of(self.playhead or 0)]
            end = self.region[1] if self.region else start
            index = min(len(edges) - 1, max(edges.index(start) + 1, edges.index(end) + bars))
            self.set_region((start, edges[index]))
            return
        index = min(len(self._bars) - 1, max(0, self.bar_of(self.playhead or 0) + bars))
        self.sought.emit(self._bars[index])

    def _whole_bars(self, from_px: float, to_px: float) -> Region:
        first, last = sorted((self._frame(from_px), self._frame(to_px)))
        edges = [*self._bars, self.take.frames]
        return edges[self.bar_of(first)], edges[self.bar_of(last) + 1]

    def _x(self, frame: int) -> float:
        return frame / self.take.frames * self.width()

    def _frame(self, x: float) -> int:
        return int(min(max(0.0, x / max(1, self.width())), 1.0) * (self.take.frames - 1))

    def _redraw(self) -> None:
        self._picture = None
        self.update()

    def _draw(self, ratio: float) -> QPixmap:
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(tokens().wave_ground))
        painter = QPainter(picture)
        self._draw_bars(painter)
        for number, stem in enumerate(self.take.stems):
            colour = QColor(stem.color)
            if stem.name in self._quiet:
                colour.setAlpha(60)
            self._draw_lane(painter, stem.name, RULER_PX + (number + 0.5) * self._lane_px, colour, ratio)
        painter.end()
        return picture

    def _draw_bars(self, painter: QPainter) -> None:
        t = tokens()
        painter.setFont(mono(10))
        next_label = 0.0
        for number, frame in enumerate(self._bars):
            x = self._x(frame)
            painter.setPen(QColor(t.bar))
            painter.drawLine(QLineF(x, 0, x, self.height()))
            if x >= next_label:
                painter.setPen(QColor(t.faint))
                painter.drawText(QRectF(x + 4, 0, 60, RULER_PX), Qt.AlignmentFlag.AlignVCenter, str(number + 1))
                next_label = x + MIN_LABEL_PX

    def _draw_lane(self, painter: QPainter, name: str, middle: float, colour: QColor, ratio: float) -> None:
        peaks = self._peaks.get(name)
        painter.setPen(QPen(colour, 1))
        if peaks is None:
            painter.drawLine(QLineF(0, middle, self.width(), middle))
            return
        count = int(self.width() * ratio)
        low, high = peaks.columns(0, len(peaks.low), count)
        half = self._lane_px / 2 - 2
        scale = half / 127.0
        lines = [
            QLineF(i / ratio, middle - top * scale - 0.3, i / ratio, middle - bottom * scale + 0.3)
            for i, (bottom, top) in enumerate(zip(low.tolist(), high.tolist(), strict=True))
        ]
        painter.setPen(QPen(colour, 1 / ratio))
        painter.drawLines(lines)
