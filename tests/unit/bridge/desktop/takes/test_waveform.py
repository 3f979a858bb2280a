"""A waveform under mouse, wheel, pinch and keys: zoom, scroll, mark, drag the edges of the mark."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from bridge.app.player.peaks import Peaks
from bridge.desktop.takes.picture import LANE_PX, RULER_PX
from bridge.desktop.takes.waveform import Waveform
from tests.helpers.long_take import take_view

WIDTH_PX = 800
BARS = 16
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def wave(qtbot: QtBot, tmp_path: Path) -> Waveform:
    """A waveform of 16 bars of 2 s, 50 px each."""
    one = Waveform(take_view(tmp_path, 2.0 * BARS))
    qtbot.addWidget(one)
    one.resize(WIDTH_PX, one.height())
    one.show()
    return one


def turn(widget: QWidget, modifiers: Qt.KeyboardModifier, x: int, y_notches: int = 0, x_notches: int = 0) -> bool:
    """Turn a wheel over a widget; tell if the widget took it."""
    at = QPointF(x, 30)
    event = QWheelEvent(
        at,
        widget.mapToGlobal(at),
        QPoint(),
        QPoint(120 * x_notches, 120 * y_notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def drag(qtbot: QtBot, wave: Waveform, start_px: int, *to_px: int) -> None:
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(wave, left, pos=QPoint(start_px, 60))
    for x in to_px:
        qtbot.mouseMove(wave, QPoint(x, 60))
    qtbot.mouseRelease(wave, left, pos=QPoint(to_px[-1], 60))


def bars(wave: Waveform) -> tuple[int, int] | None:
    """Return the marked bars, from 0, the end not among them."""
    return None if wave.region is None else (wave.region[0] // 96_000, wave.region[1] // 96_000)


def test_ctrl_and_wheel_zoom_where_the_mouse_is_and_back(wave: Waveform) -> None:
    under = wave.zoom.frame(600)
    for _ in range(6):
        assert turn(wave, CTRL, 600, y_notches=1)
    assert wave.zoom.frames_per_px == pytest.approx(1920 / 1.25**6)
    assert wave.zoom.frame(600) == pytest.approx(under, abs=2)
    for _ in range(7):
        turn(wave, CTRL, 600, y_notches=-1)
    assert wave.zoom.is_whole


def test_a_plain_wheel_scrolls_the_list_and_a_sideways_one_the_waveform(
    qtbot: QtBot, wave: Waveform, tmp_path: Path
) -> None:
    assert not turn(wave, NONE, 100, y_notches=1)
    assert not turn(wave, SHIFT, 100, y_notches=-1), "all of it is in sight"
    wave.set_zoom(wave.zoom.zoomed(4, 0))
    assert not turn(wave, NONE, 100, y_notches=-1)
    assert turn(wave, SHIFT, 100, y_notches=-1)
    assert wave.zoom.start == pytest.approx(80 * 480)
    assert turn(wave, NONE, 100, x_notches=-1)
    assert wave.zoom.start == pytest.approx(160 * 480)
    assert turn(wave, SHIFT, 100, y_notches=9)
    assert wave.zoom.start == 0


def test_the_list_of_takes_scrolls_under_a_wheel_on_a_waveform(qtbot: QtBot, tmp_path: Path) -> None:
    area = QScrollArea()
    qtbot.addWidget(area)
    wave = Waveform(take_view(tmp_path, 8.0))
    wave.setFixedWidth(300)
    area.setWidget(wave)
    area.resize(320, 100)
    area.show()
    assert not turn(wave, NONE, 100, y_notches=-1)
    turn(area.viewport(), NONE, 100, y_notches=-1)
    assert area.verticalScrollBar().value() > 0


def test_a_pinch_zooms(wave: Waveform) -> None:
    device = QPointingDevice.primaryPointingDevice()
    at = QPointF(200, 60)
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture, device, 2, at, at, wave.mapToGlobal(at), 0.5, QPointF()
    )
    QApplication.sendEvent(wave, event)
    assert wave.zoom.frames_per_px == pytest.approx(1920 / 1.5)
    assert wave.zoom.frame(200) == pytest.approx(200 * 1920, abs=2)


def test_keys_zoom_at_the_playhead_and_scroll(qtbot: QtBot, wave: Waveform) -> None:
    wave.set_playhead(96_000 * 4)
    qtbot.keyClick(wave, Qt.Key.Key_Plus)
    qtbot.keyClick(wave, Qt.Key.Key_Equal)
    assert wave.zoom.x(96_000 * 4) == pytest.approx(200)
    assert wave.zoom.frames_per_px == pytest.approx(1920 / 2.25)
    start = wave.zoom.start
    qtbot.keyClick(wave, Qt.Key.Key_PageDown)
    assert wave.zoom.start > start
    qtbot.keyClick(wave, Qt.Key.Key_PageUp)
    assert wave.zoom.start == pytest.approx(start)
    qtbot.keyClick(wave, Qt.Key.Key_Minus)
    assert wave.zoom.frames_per_px == pytest.approx(1280)
    qtbot.keyClick(wave, Qt.Key.Key_0)
    assert wave.zoom.is_whole


def test_the_view_turns_its_page_with_the_playhead_but_not_when_the_user_looks_elsewhere(wave: Waveform) -> None:
    wave.set_zoom(wave.zoom.zoomed(4, 0))
    end = int(wave.zoom.end)
    wave.set_playhead(end - 10)
    assert wave.zoom.start == 0
    wave.set_playhead(end + 10)
    assert wave.zoom.start == pytest.approx(end + 10 - 80 * 480)
    wave.set_zoom(wave.zoom.scrolled(-1e6))
    wave.set_playhead(end + 20)
    assert wave.zoom.start == 0


def test_a_mark_is_of_whole_bars_and_a_click_puts_the_playhead(qtbot: QtBot, wave: Waveform) -> None:
    drag(qtbot, wave, 120, 140, 260)
    assert bars(wave) == (2, 6)
    with qtbot.waitSignal(wave.sought) as sought:
        qtbot.mouseClick(wave, Qt.MouseButton.LeftButton, pos=QPoint(400, 60))
    assert sought.args == [400 * 1920]
    assert wave.region is None


def test_the_edges_of_a_mark_are_pulled_by_the_mouse(qtbot: QtBot, wave: Waveform) -> None:
    wave.set_region((96_000 * 2, 96_000 * 6))
    qtbot.mouseMove(wave, QPoint(302, 60))
    qtbot.waitUntil(lambda: wave.cursor().shape() is Qt.CursorShape.SizeHorCursor)
    drag(qtbot, wave, 302, 350, 452)
    assert bars(wave) == (2, 9)
    drag(qtbot, wave, 98, 60, 45)
    assert bars(wave) == (1, 9)
    drag(qtbot, wave, 451, 200, 12)  # beyond the other edge
    assert bars(wave) == (0, 1)
    qtbot.mouseMove(wave, QPoint(400, 60))
    qtbot.waitUntil(lambda: wave.cursor().shape() is Qt.CursorShape.ArrowCursor)


def test_a_click_on_an_edge_changes_nothing(qtbot: QtBot, wave: Waveform) -> None:
    wave.set_region((96_000 * 2, 96_000 * 6))
    with qtbot.assertNotEmitted(wave.sought):
        qtbot.mouseClick(wave, Qt.MouseButton.LeftButton, pos=QPoint(301, 60))
    assert bars(wave) == (2, 6)


def test_a_drag_beyond_the_side_scrolls(qtbot: QtBot, wave: Waveform) -> None:
    wave.set_zoom(wave.zoom.zoomed(4, 0))
    drag(qtbot, wave, 700, 780, 900, 900)
    assert wave.zoom.start == pytest.approx(200 * 480)
    assert bars(wave) == (3, 6)


def test_the_edges_of_a_mark_are_moved_by_keys(qtbot: QtBot, wave: Waveform) -> None:
    wave.set_playhead(96_000 * 3 + 5)
    for _ in range(3):
        qtbot.keyClick(wave, Qt.Key.Key_Right, SHIFT)
    assert bars(wave) == (3, 6)
    qtbot.keyClick(wave, Qt.Key.Key_Left, SHIFT)
    qtbot.keyClick(wave, Qt.Key.Key_Left, SHIFT | CTRL)
    assert bars(wave) == (2, 5)
    for _ in range(9):
        qtbot.keyClick(wave, Qt.Key.Key_Right, SHIFT | CTRL)
    assert bars(wave) == (4, 5)
    for _ in range(9):
        qtbot.keyClick(wave, Qt.Key.Key_Left, SHIFT)
    assert bars(wave) == (4, 5)
    qtbot.keyClick(wave, Qt.Key.Key_Escape)
    assert wave.region is None


def test_steps_by_keys_keep_in_sight_what_they_reach(qtbot: QtBot, wave: Waveform) -> None:
    wave.sought.connect(wave.set_playhead)
    wave.set_zoom(wave.zoom.zoomed(8, 0))
    for _ in range(BARS + 2):
        qtbot.keyClick(wave, Qt.Key.Key_Right)
        assert wave.playhead is not None
        assert wave.zoom.shows(wave.playhead)
    assert wave.playhead == 96_000 * (BARS - 1)


@pytest.mark.parametrize("zoom", [1.0, 30.0])
def test_what_is_drawn_is_the_sound(wave: Waveform, zoom: float) -> None:
    """Loud for a bar, then silent for a bar: columns are tall and flat where they should be, at any zoom."""
    buckets = 96_000 // 64
    shape = np.tile(np.repeat(np.array([110, 0], np.int8), buckets), BARS // 2)
    wave.show_peaks({"drums": Peaks(-shape, shape)})
    wave.set_zoom(wave.zoom.zoomed(zoom, 50.0))
    image = wave.grab().toImage()
    colour = wave.take.stems[0].color
    top = RULER_PX + LANE_PX // 2 - 12  # well above the middle of the first lane, and inside what is loud
    for x in range(3, WIDTH_PX - 3, 7):
        frame = wave.zoom.frame(x)
        if min(frame % 96_000, 96_000 - frame % 96_000) > 4 * wave.zoom.frames_per_px:
            is_loud = frame // 96_000 % 2 == 0
            assert (image.pixelColor(x, top).name() == colour) == is_loud, (x, frame)
