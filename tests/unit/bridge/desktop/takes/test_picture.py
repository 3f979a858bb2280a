"""The static picture behind a waveform."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from bridge.app.player import BUCKET_FRAMES
from bridge.app.player.peaks import Peaks
from bridge.desktop.look.palette import tokens
from bridge.desktop.takes.bar_lines import BarLines
from bridge.desktop.takes.picture import LANE_PX, QUIET_ALPHA, RULER_PX, SLIDER_PX, draw_picture
from bridge.desktop.takes.zoom import Zoom
from bridge.takes.library import StemFile

FRAMES = 64_000
LINES = BarLines([0, 16_000, 32_000, 48_000], list(range(0, FRAMES, 4_000)), FRAMES)
STEMS = (StemFile("drums", Path("d.wav"), "#ff0000", ""), StemFile("bass", Path("b.wav"), "#0000ff", ""))
WIDTH, HEIGHT = 400, RULER_PX + 2 * LANE_PX
LOUD = Peaks(np.full(FRAMES // BUCKET_FRAMES, -127, np.int8), np.full(FRAMES // BUCKET_FRAMES, 127, np.int8))


def draw(
    zoom: Zoom, peaks: dict[str, Peaks] | None = None, quiet: frozenset[str] = frozenset(), ratio: float = 1.0
) -> QImage:
    picture = draw_picture(QSize(WIDTH, HEIGHT), ratio, zoom, LINES, STEMS, peaks or {}, quiet)
    return picture.toImage()


WHOLE = Zoom.fit(FRAMES, WIDTH)


def test_the_picture_has_the_pixels_of_the_screen(qtbot: QtBot) -> None:
    image = draw(WHOLE, ratio=2.0)
    assert (image.width(), image.height(), image.devicePixelRatio()) == (2 * WIDTH, 2 * HEIGHT, 2.0)
    assert image.pixelColor(2 * WIDTH - 3, 3).name() == tokens().wave_ground


def test_bar_lines_go_through_the_ruler_and_beats_only_through_the_lanes(qtbot: QtBot) -> None:
    image = draw(WHOLE)  # 100 px a bar, 25 px a beat
    assert image.pixelColor(100, 2).name() == tokens().bar
    assert image.pixelColor(125, 2).name() == tokens().wave_ground
    assert image.pixelColor(125, HEIGHT - 2).name() not in (tokens().wave_ground, tokens().bar)


def test_a_stem_without_peaks_is_a_line_and_with_them_an_area(qtbot: QtBot) -> None:
    middle, above = RULER_PX + LANE_PX // 2, RULER_PX + 6
    empty, loud = draw(WHOLE), draw(WHOLE, {"drums": LOUD})
    assert any(empty.pixelColor(55, y).red() > 150 for y in (middle - 1, middle))
    assert empty.pixelColor(55, above).name() == tokens().wave_ground
    assert loud.pixelColor(55, above).name() == "#ff0000"
    assert loud.pixelColor(55, above + LANE_PX).name() == tokens().wave_ground, "the lane of the other stem"


def test_a_quiet_stem_is_faded(qtbot: QtBot) -> None:
    image = draw(WHOLE, {"drums": LOUD, "bass": LOUD}, frozenset(["drums"]))
    y = RULER_PX + 6
    ground = QColor(tokens().wave_ground)
    expected = ground.red() + (255 - ground.red()) * QUIET_ALPHA / 255
    assert image.pixelColor(55, y).red() == pytest.approx(expected, abs=2)
    assert image.pixelColor(55, y + LANE_PX).name() == "#0000ff"


def test_a_slider_shows_the_visible_part_once_it_is_not_all(qtbot: QtBot) -> None:
    zoomed = draw(WHOLE.zoomed(2.0, WIDTH / 2))  # the middle half: 100 to 300 px of 400
    row = [zoomed.pixelColor(x, SLIDER_PX - 1).name() == tokens().faint for x in range(WIDTH)]
    assert (row.index(True), sum(row)) == (100, 200)
    whole = draw(WHOLE)
    assert not any(whole.pixelColor(x, 0).name() == tokens().faint for x in range(WIDTH))
