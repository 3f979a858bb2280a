"""The drawing surface: pixels where they belong, ticks at round values, and a file that can be written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from engine.align.plot_canvas import BAR, GOOD, PANEL, PAPER, WARP, WAVE, Canvas, Panel, ticks
from engine.errors import StemBridgeError

RED = (255, 0, 0)


def pixels(canvas: Canvas, folder: Path) -> NDArray[np.int_]:
    canvas.save(folder / "canvas.png")
    return np.asarray(Image.open(folder / "canvas.png")).astype(int)


def middle_of(image: NDArray[np.int_], color: tuple[int, int, int], near: int = 60) -> tuple[float, float]:
    """Mean (x, y) of the pixels that are almost of `color`."""
    rows, columns = np.nonzero(np.abs(image - color).sum(axis=2) < near)
    assert len(rows)
    return float(columns.mean()), float(rows.mean())


def test_an_empty_canvas_is_paper_of_the_asked_size(tmp_path: Path) -> None:
    image = pixels(Canvas(30, 20), tmp_path)
    assert image.shape == (20, 30, 3)
    assert (image == PAPER).all()


def test_boxes_and_dots_are_filled_where_they_are_put(tmp_path: Path) -> None:
    canvas = Canvas(100, 60)
    canvas.box((10, 5, 30, 25), PANEL)
    canvas.dot((70, 30), RED, radius=5)
    image = pixels(canvas, tmp_path)
    assert tuple(image[15, 20]) == PANEL
    assert tuple(image[30, 20]) == PAPER
    assert middle_of(image, RED) == pytest.approx((70, 30), abs=1)


def test_text_leaves_ink_beside_its_anchor(tmp_path: Path) -> None:
    canvas = Canvas(120, 40)
    canvas.text((110, 10), "bar", RED, anchor="ra")
    image = pixels(canvas, tmp_path)
    x, y = middle_of(image, RED)
    assert 70 < x < 110
    assert 10 < y < 30


def test_a_panel_maps_time_to_the_right_and_values_upwards(tmp_path: Path) -> None:
    canvas = Canvas(290, 140)
    panel = Panel(canvas, (20, 120), (0.0, 8.0), (-1.0, 1.0), "")
    assert (panel.left, panel.right) == (90, 250)
    panel.dots(np.array([2.0]), np.array([0.5]), GOOD)
    panel.vertical(4.0, BAR)
    image = pixels(canvas, tmp_path)
    assert middle_of(image, GOOD) == pytest.approx((130, 45), abs=1)
    assert middle_of(image, BAR) == pytest.approx((170, 70), abs=1)


def test_a_column_is_drawn_from_its_lower_to_its_upper_value(tmp_path: Path) -> None:
    canvas = Canvas(290, 140)
    Panel(canvas, (20, 120), (0.0, 8.0), (-1.0, 1.0), "").column(200, -0.5, 0.0, WAVE)
    image = pixels(canvas, tmp_path)
    assert middle_of(image, WAVE, near=250) == pytest.approx((200, 82.5), abs=1)
    assert np.abs(image[60, 200] - PANEL).sum() < 10


def test_dots_outside_the_panel_are_drawn_on_its_edge(tmp_path: Path) -> None:
    canvas = Canvas(290, 140)
    panel = Panel(canvas, (20, 120), (0.0, 8.0), (-1.0, 1.0), "")
    panel.dots(np.array([4.0]), np.array([99.0]), RED)
    assert middle_of(pixels(canvas, tmp_path), RED)[1] == pytest.approx(20, abs=1)


def test_a_curve_joins_its_points(tmp_path: Path) -> None:
    canvas = Canvas(290, 140)
    panel = Panel(canvas, (20, 120), (0.0, 8.0), (0.0, 10.0), "")
    panel.line(np.array([0.0, 8.0]), np.array([0.0, 10.0]), WARP)
    image = pixels(canvas, tmp_path)
    assert middle_of(image, WARP) == pytest.approx((170, 70), abs=1.5)
    assert np.abs(image[70, 170] - WARP).sum() < 150


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(StemBridgeError, match=r"The plot could not be written to .*plot\.png: No such file"):
        Canvas(10, 10).save(tmp_path / "missing" / "plot.png")


@pytest.mark.parametrize(
    ("reach", "expected"),
    [
        (1.0, (-1.0, -0.5, 0.0, 0.5, 1.0)),
        (3.0, (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)),
        (7.0, (-6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0)),
        (12.5, (-10.0, -5.0, 0.0, 5.0, 10.0)),
    ],
)
def test_ticks_are_at_round_values(reach: float, expected: tuple[float, ...]) -> None:
    assert ticks(reach) == expected


@given(st.floats(0.01, 1e6))
def test_there_are_two_to_four_ticks_on_either_side_within_reach(reach: float) -> None:
    values = ticks(reach)
    assert 2 <= len(values) // 2 <= 4
    assert values[len(values) // 2] == 0.0
    assert max(values) <= reach * (1 + 1e-6)
