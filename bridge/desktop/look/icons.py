"""Icons as lines on a 24 × 24 grid, drawn in the text's colour at any scale."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from bridge.desktop.look.palette import tokens

_PATHS = {
    "play": '<path d="M7 4l13 8-13 8z" fill="C"/>',
    "pause": '<path d="M7 5h3v14H7zM14 5h3v14h-3z" fill="C"/>',
    "stop": '<path d="M6 6h12v12H6z" fill="C"/>',
    "loop": '<path d="M17 2l4 4-4 4M3 11V9a3 3 0 0 1 3-3h15M7 22l-4-4 4-4M21 13v2a3 3 0 0 1-3 3H3"/>',
    "metronome": '<path d="M8 3h8l4 18H4zM12 15l6-10M6 15h12"/>',
    "lock": '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V7a4 4 0 0 1 8 0v4"/>',
    "unlock": '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V7a4 4 0 0 1 7.5-2"/>',
    "dice": '<rect x="4" y="4" width="16" height="16" rx="3"/><circle cx="9" cy="9" r="1" fill="C"/>'
    '<circle cx="15" cy="15" r="1" fill="C"/><circle cx="12" cy="12" r="1" fill="C"/>',
    "star": '<path d="M12 3l2.8 5.9 6.2.8-4.6 4.4 1.2 6.3L12 17.3 6.4 20.4l1.2-6.3L3 9.7l6.2-.8z"/>',
    "starred": '<path d="M12 3l2.8 5.9 6.2.8-4.6 4.4 1.2 6.3L12 17.3 6.4 20.4l1.2-6.3L3 9.7l6.2-.8z" fill="C"/>',
    "more": '<circle cx="5" cy="12" r="1.3" fill="C"/><circle cx="12" cy="12" r="1.3" fill="C"/>'
    '<circle cx="19" cy="12" r="1.3" fill="C"/>',
    "close": '<path d="M6 6l12 12M18 6L6 18"/>',
    "folder": '<path d="M3 6a2 2 0 0 1 2-2h4l2 3h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z"/>',
    "send": '<path d="M4 12h14M13 6l6 6-6 6"/>',
    "up": '<path d="M6 15l6-6 6 6"/>',
    "right": '<path d="M9 6l6 6-6 6"/>',
    "down": '<path d="M6 9l6 6 6-6"/>',
    "tick": '<path d="M5 12.5l4.5 4.5L19 7.5" stroke-width="3"/>',
    "gear": '<circle cx="12" cy="12" r="3.2"/><path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.1 2.1M16.3 16.3l2.1 '
    '2.1M18.4 5.6l-2.1 2.1M7.7 16.3l-2.1 2.1"/>',
    "drag": '<path d="M12 4v11M7 10l5 5 5-5M4 20h16"/>',
    "plug": '<path d="M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4"/>',
    "logo": '<path d="M3 12v2M7 8v8M11 4v16M15 9v6M19 6v12" stroke-width="2.4"/>',
}


def icon(name: str, colour: str = "") -> QIcon:
    """Return the icon `name` in `colour` (default: the text's), sharp at 100 % and 200 %."""
    return QIcon(pixmap(name, 48, colour))


def pixmap(name: str, size_px: int, colour: str = "") -> QPixmap:
    """Return the icon `name`, `size_px` wide and high."""
    paint = colour or tokens().text
    body = _PATHS[name].replace('"C"', f'"{paint}"')
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke-width="1.8" '
        f'stroke-linecap="round" stroke-linejoin="round" stroke="{paint}">{body}</svg>'
    )
    image = QPixmap(QSize(size_px, size_px))
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return image
