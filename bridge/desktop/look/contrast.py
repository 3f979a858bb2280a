"""Contrast of text on its background, as WCAG 2.2 defines it (success criterion 1.4.3)."""

from __future__ import annotations

from PySide6.QtGui import QColor

READABLE = 4.5
"""The minimum contrast for text of normal size."""
_STEP = 0.08


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (`#rrggbb`), 1–21."""
    light, dark = sorted((_luminance(QColor(one)), _luminance(QColor(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def legible(colour: str, ground: str, towards: str) -> str:
    """Return `colour`, mixed with `towards` in small steps until it can be read on `ground`."""
    share = 0.0
    while contrast(colour, ground) < READABLE and share < 1.0:
        share += _STEP
        colour = _mixed(QColor(colour), QColor(towards), _STEP)
    return colour


def _mixed(one: QColor, other: QColor, share: float) -> str:
    def part(a: float, b: float) -> float:
        return a + share * (b - a)

    return QColor.fromRgbF(
        part(one.redF(), other.redF()), part(one.greenF(), other.greenF()), part(one.blueF(), other.blueF())
    ).name()


def _luminance(colour: QColor) -> float:
    """Return the relative luminance (WCAG 2.2), 0 (black) to 1 (white), with sRGB's transfer function."""
    red, green, blue = (_linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
