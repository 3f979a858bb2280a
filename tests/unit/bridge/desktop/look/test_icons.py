"""The icons, looked at pixel by pixel."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from bridge.desktop.look.icons import _PATHS, icon, pixmap
from bridge.desktop.look.palette import tokens


def painted(image: QImage) -> set[str]:
    """Return the colours of all pixels that are fully covered."""
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {colour.name() for colour in pixels if colour.alpha() == 255}


@pytest.mark.parametrize("name", _PATHS)
def test_every_icon_is_drawn_in_its_colour_alone_on_nothing(qtbot: QtBot, name: str) -> None:
    image = pixmap(name, 64, "#ff0000").toImage()
    assert (image.width(), image.height()) == (64, 64)
    assert painted(image) == {"#ff0000"}
    assert image.pixelColor(0, 0).alpha() == 0


def test_without_a_colour_it_is_the_texts(qtbot: QtBot) -> None:
    assert painted(pixmap("play", 48).toImage()) == {QColor(tokens().text).name()}


def test_stop_fills_its_square(qtbot: QtBot) -> None:
    image = pixmap("stop", 24, "#00ff00").toImage()
    assert image.pixelColor(12, 12).name() == "#00ff00"
    assert image.pixelColor(3, 12).alpha() == 0  # the square goes from 6 to 18, its line to 5.1


def test_play_points_to_the_right(qtbot: QtBot) -> None:
    image = pixmap("play", 24, "#00ff00").toImage()
    assert image.pixelColor(8, 6).alpha() > 0
    assert image.pixelColor(18, 6).alpha() == 0
    assert image.pixelColor(18, 12).alpha() > 0


def test_an_icon_has_pixels_for_twice_its_usual_size(qtbot: QtBot) -> None:
    assert [(size.width(), size.height()) for size in icon("gear").availableSizes()] == [(48, 48)]


def test_an_unknown_name_is_an_error(qtbot: QtBot) -> None:
    with pytest.raises(KeyError, match="nonsense"):
        icon("nonsense")
