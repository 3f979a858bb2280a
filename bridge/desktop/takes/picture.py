"""The static part of a waveform: ruler, bar lines and lanes, drawn once per visible part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from bridge.desktop.look.palette import tokens
from bridge.desktop.look.style import mono
from bridge.desktop.takes.bar_lines import BarLines
from bridge.desktop.takes.zoom import Zoom

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
    zoom: Zoom,
    bar_lines: BarLines,
    stems: Sequence[StemFile],
    peaks: Mapping[str, Peaks],
    quiet: frozenset[str],
) -> QPixmap:
    """Return the picture of the visible part; `ratio` is the number of device pixels per logical pixel.

    Stems in `quiet` are drawn as silenced, those without `peaks` as a line.
    """
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(QColor(tokens().wave_ground))
    painter = QPainter(picture)
    _draw_grid(painter, size.height(), zoom, bar_lines)
    for number, stem in enumerate(stems):
        colour = QColor(stem.color)
        if stem.name in quiet:
            colour.setAlpha(QUIET_ALPHA)
        _draw_lane(painter, RULER_PX + number * LANE_PX, zoom, peaks.get(stem.name), colour, ratio)
    painter.end()
    return picture


def _draw_grid(painter: QPainter, height: int, zoom: Zoom, bar_lines: BarLines) -> None:
    t = tokens()
    bar, beat = QColor(t.bar), QColor(t.bar)
    beat.setAlphaF(BEAT_ALPHA)
    for x, is_bar in bar_lines.lines(zoom):
        painter.setPen(bar if is_bar else beat)
        painter.drawLine(QLineF(x, 0 if is_bar else RULER_PX, x, height))
    painter.setFont(mono(10))
    painter.setPen(QColor(t.faint))
    for x, number in bar_lines.numbers(zoom):
        painter.drawText(QRectF(x + 4, 0, 60, RULER_PX), Qt.AlignmentFlag.AlignVCenter, bar_lines.label(number))
    if not zoom.is_whole:
        share = zoom.width_px / zoom.frames
        width = max(MIN_SLIDER_PX, (zoom.end - zoom.start) * share)
        painter.fillRect(QRectF(zoom.start * share, 0, width, SLIDER_PX), QColor(t.faint))


def _draw_lane(painter: QPainter, top: int, zoom: Zoom, peaks: Peaks | None, colour: QColor, ratio: float) -> None:
    if peaks is None:
        painter.setPen(QPen(colour, 1))
        painter.drawLine(QLineF(0, top + LANE_PX / 2, zoom.width_px, top + LANE_PX / 2))
        return
    from bridge.desktop.takes.lanes import lane_image

    low, high = peaks.columns(zoom.start, zoom.end, round(zoom.width_px * ratio))
    image = lane_image(low, high, round(LANE_PX * ratio), colour, ratio)
    image.setDevicePixelRatio(ratio)
    painter.drawImage(0, top, image)
