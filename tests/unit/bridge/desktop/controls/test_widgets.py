"""The factories of labels, buttons and layouts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QPushButton, QSpinBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from bridge.desktop.controls.widgets import (
    button,
    column,
    inset,
    label,
    refresh_icons,
    restyle,
    row,
    scrolled,
    tool,
)
from bridge.desktop.look.palette import tokens, use_tokens
from bridge.desktop.look.tokens import DARK, LIGHT


def test_a_label_shows_markup_as_plain_text(qtbot: QtBot) -> None:
    made = label("<b>bold</b>", "dim", wrap=True)
    qtbot.addWidget(made)
    assert made.textFormat() is Qt.TextFormat.PlainText
    assert (made.property("role"), made.wordWrap()) == ("dim", True)
    assert label("plain").property("role") is None


def test_a_button_says_its_text_unless_it_has_another_name(qtbot: QtBot) -> None:
    clicks: list[str] = []
    plain, named = button("Go", lambda: clicks.append("plain")), button("A / B", lambda: None, "Switch", "Press B")
    for made in (plain, named):
        qtbot.addWidget(made)
    assert (plain.accessibleName(), plain.toolTip()) == ("Go", "")
    assert (named.accessibleName(), named.toolTip()) == ("Switch", "Press B")
    plain.click()
    assert clicks == ["plain"]


def test_a_tool_button_has_an_icon_and_a_name(qtbot: QtBot) -> None:
    clicks: list[bool] = []
    made = tool("lock", "Lock tempo", lambda: clicks.append(True), checkable=True, tip="Keep it")
    qtbot.addWidget(made)
    assert not made.icon().isNull()
    assert (made.accessibleName(), made.toolTip(), made.property("role")) == ("Lock tempo", "Keep it", "flat")
    made.click()
    assert clicks == [True]
    assert made.isChecked()
    assert tool("lock", "Lock tempo").toolTip() == "Lock tempo"


def centre(made: QToolButton) -> str:
    """Return the colour in the middle of the stop icon, which is filled."""
    image = made.icon().pixmap(48, 48).toImage()
    return image.pixelColor(image.width() // 2, image.height() // 2).name()


def test_icons_are_redrawn_in_other_colours(qtbot: QtBot) -> None:
    root, before = QWidget(), tokens()
    qtbot.addWidget(root)
    made, without_sign = tool("stop", "Stop"), QToolButton()
    root.setLayout(row(made, without_sign))
    try:
        for colours in (LIGHT, DARK):
            use_tokens(colours)
            refresh_icons(root)
            assert centre(made) == QColor(colours.text).name()
    finally:
        use_tokens(before)
    assert without_sign.icon().isNull()


def test_rows_and_columns_have_their_widgets_and_stretches(qtbot: QtBot) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    one, other = QLabel("1"), QLabel("2")
    line = row(one, None, other, spacing=4, margins=(1, 2, 3, 4))
    root.setLayout(line)
    assert [line.itemAt(index).widget() for index in range(line.count())] == [one, None, other]
    assert line.spacing() == 4
    margins = line.contentsMargins()
    assert (margins.left(), margins.top(), margins.right(), margins.bottom()) == (1, 2, 3, 4)
    assert column(QLabel("3"), None).count() == 2


def test_a_spin_box_gets_a_margin_and_is_returned(qtbot: QtBot) -> None:
    field = QSpinBox()
    qtbot.addWidget(field)
    assert inset(field) is field
    assert field.lineEdit().textMargins().left() == 6


def test_a_scroll_area_never_scrolls_sideways(qtbot: QtBot) -> None:
    body = QWidget()
    area = scrolled(body)
    qtbot.addWidget(area)
    assert area.widget() is body
    assert area.widgetResizable()
    assert area.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff


def test_the_style_sheet_follows_a_property(qtbot: QtBot) -> None:
    made = QPushButton("x")
    qtbot.addWidget(made)
    made.setStyleSheet('QPushButton { color: #000000; } QPushButton[role="go"] { color: #123456; }')
    made.ensurePolished()
    restyle(made, role="go")
    assert made.property("role") == "go"
    assert made.palette().buttonText().color().name() == "#123456"
