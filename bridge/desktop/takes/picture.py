"""The still part of a waveform: ruler, bar lines and lanes, drawn once for what is in sight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from bridge.desktop.look.style import mono, tokens
from bridge.desktop.takes.bar_lines import Grid
from bridge.desktop.takes.zoom import View

if TYPE_CHECKING:
    from bridge.app.player.peaks import Peaks
    from bridge.takes.library import StemFile

RULER_PX = 18
LANE_PX = 40
SLIDER_PX, MIN_SLIDER_PX = 3, 8.0
BEAT_ALPHA, QUIET_ALPHA = 0.55, 60


def draw_picture(
    size: QSize,
    ratio: float,
    view: View,
    grid: Grid,
    stems: Sequence[StemFile],
    peaks: Mapping[str, Peaks],
    quiet: frozenset[str],
) -> QPixmap:
    """Return the picture of what is in sight; `ratio` is how many pixels of the screen one of the window has.

    Stems in `quiet` are drawn as not heard, those without `peaks` as a line.
    """
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(QColor(tokens().wave_ground))
    painter = QPainter(picture)
    _draw_grid(painter, size.height(), view, grid)
    for number, stem in enumerate(stems):
        colour = QColor(stem.color)
        if stem.name in quiet:
            colour.setAlpha(QUIET_ALPHA)
        _draw_lane(painter, RULER_PX + number * LANE_PX, view, peaks.get(stem.name), colour, ratio)
    painter.end()
    return picture


def _draw_grid(painter: QPainter, height: int, view: View, grid: Grid) -> None:
    t = tokens()
    bar, beat = QColor(t.bar), QColor(t.bar)
    beat.setAlphaF(BEAT_ALPHA)
    for x, is_bar in grid.lines(view):
        painter.setPen(bar if is_bar else beat)
        painter.drawLine(QLineF(x, 0 if is_bar else RULER_PX, x, height))
    painter.setFont(mono(10))
    painter.setPen(QColor(t.faint))
    for x, number in grid.numbers(view):
        painter.drawText(QRectF(x + 4, 0, 60, RULER_PX), Qt.AlignmentFlag.AlignVCenter, str(number))
    if not view.is_whole:
        share = view.width_px / view.frames
        width = max(MIN_SLIDER_PX, (view.end - view.start) * share)
        painter.fillRect(QRectF(view.start * share, 0, width, SLIDER_PX), QColor(t.faint))


def _draw_lane(painter: QPainter, top: int, view: View, peaks: Peaks | None, colour: QColor, ratio: float) -> None:
    if peaks is None:
        painter.setPen(QPen(colour, 1))
        painter.drawLine(QLineF(0, top + LANE_PX / 2, view.width_px, top + LANE_PX / 2))
        return
    from bridge.desktop.takes.lanes import lane_image

    low, high = peaks.columns(view.start, view.end, round(view.width_px * ratio))
    image = lane_image(low, high, round(LANE_PX * ratio), colour, ratio)
    image.setDevicePixelRatio(ratio)
    painter.drawImage(0, top, image)
