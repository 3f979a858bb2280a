"""Renders the icon for all three systems: `python installer/icon/render.py FOLDER` writes PNG, ICO and ICNS there."""

from __future__ import annotations

import io
import os
import shutil
import sys
from pathlib import Path

from PIL import Image

DRAWING = Path(__file__).with_name("stembridge.svg")
SIZES_PX = (16, 24, 32, 48, 64, 128, 256, 512, 1024)
PNG_PX = 256
ICO_PX = (16, 24, 32, 48, 64, 128, 256)


def render_all(folder: Path) -> None:
    """Write `stembridge.svg`, `.png`, `.ico` (Windows) and `.icns` (macOS) into `folder`; no size is scaled."""
    images = {size: render(size) for size in SIZES_PX}
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(DRAWING, folder / "stembridge.svg")
    images[PNG_PX].save(folder / "stembridge.png")
    smaller = [images[size] for size in ICO_PX[:-1]]
    images[ICO_PX[-1]].save(folder / "stembridge.ico", sizes=[(size, size) for size in ICO_PX], append_images=smaller)
    images[1024].save(folder / "stembridge.icns", append_images=[images[size] for size in (32, 64, 128, 256, 512)])


def render(size_px: int) -> Image.Image:
    """Return the drawing as RGBA, `size_px` wide and high."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    buffer = QBuffer()
    image.save(buffer, "PNG")
    return Image.open(io.BytesIO(bytes(buffer.data().data()))).convert("RGBA")


if __name__ == "__main__":
    render_all(Path(sys.argv[1]))
