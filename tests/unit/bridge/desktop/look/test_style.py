"""The style sheet as it is applied to the application."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from bridge.desktop.look.palette import tokens, use_tokens
from bridge.desktop.look.style import apply, mono
from bridge.desktop.look.tokens import DARK, LIGHT


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    sheet, palette, before = qapp.styleSheet(), qapp.palette(), tokens()
    yield qapp
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)
    use_tokens(before)


@pytest.mark.parametrize(("theme", "colours"), [("dark", DARK), ("light", LIGHT)])
def test_a_theme_sets_style_sheet_palette_and_the_colours_in_use(
    app: QApplication, theme: str, colours: object
) -> None:
    assert apply(app, theme) is colours
    assert tokens() is colours
    assert app.palette().color(QPalette.ColorRole.Window).name() == tokens().ground
    assert app.palette().color(QPalette.ColorRole.Highlight).name() == tokens().accent
    assert f"background: {tokens().ground}" in app.styleSheet()


def test_every_place_of_the_sheet_is_filled_in(app: QApplication) -> None:
    apply(app, "dark")
    assert "$" not in app.styleSheet()
    assert len(re.findall(r"url\([^)]+\.png\)", app.styleSheet())) == 4


def test_the_system_decides_if_it_is_asked(app: QApplication) -> None:
    is_light = app.styleHints().colorScheme() is Qt.ColorScheme.Light
    assert apply(app, "system") is (LIGHT if is_light else DARK)


def test_labels_take_the_colour_of_their_role(app: QApplication, qtbot: QtBot) -> None:
    apply(app, "dark")
    words = QLabel("words")
    qtbot.addWidget(words)
    words.setProperty("role", "bad")
    words.ensurePolished()
    assert words.palette().color(QPalette.ColorRole.WindowText).name() == DARK.bad


def test_digits_of_the_font_for_numbers_are_equally_wide(app: QApplication) -> None:
    font = mono(15, bold=True)
    assert (font.pixelSize(), font.bold(), mono().pixelSize(), mono().bold()) == (15, True, 13, False)
    assert len({QFontMetrics(font).horizontalAdvance(digit) for digit in "0123456789"}) == 1
