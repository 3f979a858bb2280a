"""One stem's waveform as an image, computed with numpy: it is redrawn for every step of scrolling, and drawing it as
lines takes Qt ten times as long.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QColor, QImage

from bridge.app.player.peaks import STEPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARGIN_PX = 2.0
THIN_PX = 0.6
"""Height of the line that is drawn for silence."""


def lane_image(low: NDArray[np.int8], high: NDArray[np.int8], height_px: int, colour: QColor, ratio: float) -> QImage:
    """Return the image of a waveform, one column of peaks per pixel, with anti-aliased edges.

    Parameters
    ----------
    low, high : int8 [shape=(w,)]
        Lowest and highest sample of every column, in steps of 1/127.
    height_px : int
        The image's height; its width is `w`.
    ratio : float
        Device pixels per logical pixel.
    """
    middle = height_px / 2
    scale = (middle - MARGIN_PX * ratio) / STEPS
    top = middle - high.astype(np.float32) * scale - THIN_PX / 2 * ratio
    bottom = middle - low.astype(np.float32) * scale + THIN_PX / 2 * ratio
    rows = np.arange(height_px, dtype=np.float32)[:, None]
    covered = np.clip(np.minimum(rows + 1, bottom) - np.maximum(rows, top), 0.0, 1.0)
    pixels = np.ascontiguousarray(_shades(colour.rgba())[(covered * 255).astype(np.uint8)])
    width = len(low)
    image = QImage(pixels.data, width, height_px, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    return image.copy()  # the image above uses numpy's memory, which is freed after this call


@lru_cache(maxsize=64)
def _shades(argb: int) -> NDArray[np.uint32]:
    """Return a colour at 256 levels of coverage, as premultiplied ARGB, uint32 [shape=(256,)]."""
    colour = QColor.fromRgba(argb)
    alpha = np.arange(256) / 255 * colour.alphaF()
    parts = [np.rint(alpha * 255), *(np.rint(alpha * one) for one in (colour.red(), colour.green(), colour.blue()))]
    shades = np.zeros(256, np.uint32)
    for part in parts:
        shades = shades << np.uint32(8) | part.astype(np.uint32)
    return shades
