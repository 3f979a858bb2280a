"""The image of one stem, pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from bridge.desktop.takes.lanes import MARGIN_PX, lane_image

RED = QColor("#ff0000")


def peaks(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    return np.array(values, np.int8)


def alphas(column: int, low: int, high: int, height_px: int = 44, ratio: float = 1.0) -> list[int]:
    image = lane_image(peaks(0, low), peaks(0, high), height_px, RED, ratio)
    return [image.pixelColor(column, y).alpha() for y in range(image.height())]


def test_there_is_a_column_for_each_peak() -> None:
    image = lane_image(peaks(*[0] * 9), peaks(*[0] * 9), 40, RED, 1.0)
    assert (image.width(), image.height()) == (9, 40)


def test_silence_is_a_thin_line_in_the_middle() -> None:
    found = alphas(0, 0, 0)
    assert found[21] == found[22] == int(0.3 * 255)  # 0.6 px over two rows
    assert sum(found) == found[21] + found[22]


def test_full_level_fills_the_lane_up_to_its_margins() -> None:
    found = alphas(1, -127, 127)
    top = int(MARGIN_PX)
    assert found[top:-top] == [255] * (44 - 2 * top)
    assert found[top - 2] == found[-1] == 0


def test_half_a_wave_stands_above_the_middle() -> None:
    found = alphas(1, 0, 127)
    assert found[2:22] == [255] * 20
    assert found[23:] == [0] * 21


def test_margin_and_line_grow_with_the_scale() -> None:
    found = alphas(0, 0, 0, 88, 2.0)
    assert [found[43], found[44]] == pytest.approx([0.6 * 255] * 2, abs=1)
    assert alphas(1, -127, 127, 88, 2.0)[4:84] == [255] * 80


@pytest.mark.parametrize("colour", ["#e4572e", "#2e86ab"])
def test_covered_pixels_have_the_colour_and_what_is_translucent_stays_so(colour: str) -> None:
    solid = lane_image(peaks(-127), peaks(127), 44, QColor(colour), 1.0)
    assert solid.pixelColor(0, 22).name() == colour
    faded = QColor(colour)
    faded.setAlpha(60)
    assert lane_image(peaks(-127), peaks(127), 44, faded, 1.0).pixelColor(0, 22).alpha() == 60
