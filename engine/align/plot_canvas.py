"""The drawing surface for `plot`: colours, panels with axes, lines and dots, drawn with Pillow at twice the size."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from engine.errors import StemBridgeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Times = NDArray[np.float64]

Color = tuple[int, int, int]
PAPER: Color = (18, 20, 26)
PANEL: Color = (27, 30, 38)
TITLE: Color = (240, 242, 246)
LABEL: Color = (166, 173, 186)
AXIS: Color = (110, 117, 131)
BAR: Color = (94, 104, 124)
BEAT: Color = (46, 51, 63)
WAVE: Color = (96, 175, 255)
WARP: Color = (255, 183, 77)
GOOD: Color = (110, 220, 150)
ERROR: Color = (255, 110, 110)

_SCALE = 2  # everything is drawn larger by this factor and then reduced, for smooth lines
_LEFT, _RIGHT = 90, 40


class Canvas:
    """A dark sheet of `width` × `height` pixels."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self._image = Image.new("RGB", (width * _SCALE, height * _SCALE), PAPER)
        self.draw = ImageDraw.Draw(self._image)

    def text(self, at: tuple[float, float], text: str, color: Color, size: int = 16, anchor: str = "la") -> None:
        """Write `text` at `at`; `anchor` is Pillow's (left, middle, right; ascender, middle, …)."""
        font = ImageFont.load_default(size * _SCALE)
        self.draw.text((at[0] * _SCALE, at[1] * _SCALE), text, fill=color, font=font, anchor=anchor)

    def line(self, points: list[tuple[float, float]], color: Color, width: float = 1.0) -> None:
        """Join `points`."""
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        self.draw.line(scaled, fill=color, width=max(1, round(width * _SCALE)), joint="curve")

    def box(self, corners: tuple[float, float, float, float], color: Color) -> None:
        """Fill the rectangle (left, top, right, bottom)."""
        self.draw.rectangle(tuple(edge * _SCALE for edge in corners), fill=color)

    def dot(self, at: tuple[float, float], color: Color, radius: float = 3.0) -> None:
        """Fill a circle."""
        x, y, r = at[0] * _SCALE, at[1] * _SCALE, radius * _SCALE
        self.draw.ellipse((x - r, y - r, x + r, y + r), fill=color)

    def save(self, path: Path) -> None:
        """Write the PNG file.

        Raises
        ------
        StemBridgeError
            If it cannot be written.
        """
        size = (self._image.width // _SCALE, self._image.height // _SCALE)
        try:
            self._image.resize(size, Image.Resampling.LANCZOS).save(path, "PNG", optimize=True)
        except OSError as error:
            raise StemBridgeError(f"The plot could not be written to {path}: {error.strerror or error}.") from error


class Panel:
    """A coordinate system on a canvas: time to the right, values upwards."""

    def __init__(
        self,
        canvas: Canvas,
        rows: tuple[int, int],
        times_s: tuple[float, float],
        values: tuple[float, float],
        label: str,
        value_ticks: tuple[float, ...] = (),
        seconds: bool = False,
    ) -> None:
        self.canvas = canvas
        self.left, self.right = _LEFT, canvas.width - _RIGHT
        self.top, self.bottom = rows
        self._times_s, self._values = times_s, values
        canvas.box((self.left, self.top, self.right, self.bottom), PANEL)
        canvas.text((self.left, self.top - 26), label, LABEL, size=16)
        for value in value_ticks:
            self.horizontal(value, AXIS if value == 0 else BEAT)
            canvas.text((self.left - 10, self._y(value)), f"{value:+g}" if value else "0", LABEL, 14, "rm")
        for second in ticks(times_s[1]) if seconds else ():
            if second >= 0:
                canvas.text((self._x(second), self.bottom + 8), f"{second:g} s", LABEL, 14, "ma")

    def vertical(self, at_s: float, color: Color) -> None:
        """Draw a line from top to bottom."""
        self.canvas.line([(self._x(at_s), self.top), (self._x(at_s), self.bottom)], color)

    def horizontal(self, value: float, color: Color) -> None:
        """Draw a line from side to side."""
        self.canvas.line([(self.left, self._y(value)), (self.right, self._y(value))], color)

    def below(self, at_s: float, text: str) -> None:
        """Write `text` under the panel."""
        self.canvas.text((self._x(at_s), self.bottom + 6), text, LABEL, 14, "ma")

    def column(self, x: float, low: float, high: float, color: Color) -> None:
        """Draw a line one pixel wide from `low` to `high`."""
        self.canvas.line([(x, self._y(low) + 0.5), (x, self._y(high) - 0.5)], color)

    def line(self, times_s: Times, values: Times, color: Color) -> None:
        """Draw a curve."""
        self.canvas.line([(self._x(x), self._y(y)) for x, y in zip(times_s, values, strict=True)], color, 2.0)

    def dots(self, times_s: Times, values: Times, color: Color) -> None:
        """Draw dots; values outside the panel are drawn on its edge."""
        low, high = self._values
        radius = 3.5 if len(times_s) < 150 else 2.0
        for x, y in zip(times_s, np.clip(values, low, high), strict=True):
            self.canvas.dot((self._x(x), self._y(y)), color, radius)

    def _x(self, at_s: float) -> float:
        first, last = self._times_s
        return self.left + (self.right - self.left) * (at_s - first) / max(1e-9, last - first)

    def _y(self, value: float) -> float:
        low, high = self._values
        return self.bottom - (self.bottom - self.top) * (value - low) / (high - low)


def ticks(reach: float) -> tuple[float, ...]:
    """Return round values from −`reach` to `reach`, two to four on either side of 0."""
    size = 10.0 ** np.floor(np.log10(reach / 2.5))
    step = next(step for step in (size, 2 * size, 5 * size, 10 * size) if reach / step < 5.0)
    count = int(reach / step)
    return tuple(float(round(number * step, 6)) for number in range(-count, count + 1))
