"""The hint of an empty list."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from bridge.desktop.look.icons import pixmap
from bridge.desktop.look.palette import tokens, use_tokens
from bridge.desktop.look.tokens import DARK, LIGHT
from bridge.desktop.takes.empty import SIGN_PX, EmptyListHint


def test_it_says_why_the_list_is_empty(qtbot: QtBot) -> None:
    hint = EmptyListHint()
    qtbot.addWidget(hint)
    assert hint.title.text() == "No takes yet"
    hint.say(True)
    assert hint.title.text() == "No favourites here"
    assert hint.words.text() == "Mark a take with the star, or show all of them."
    hint.say(False)
    assert hint.words.text() == "Say what you want on the left, then press Generate (Ctrl+Enter)."


def test_its_icon_follows_the_colours_in_use(qtbot: QtBot) -> None:
    hint, before = EmptyListHint(), tokens()
    qtbot.addWidget(hint)
    try:
        for colours in (LIGHT, DARK):
            use_tokens(colours)
            hint.recolour()
            expected = pixmap("logo", round(SIGN_PX * hint.devicePixelRatioF()), colours.faint)
            assert hint._sign.pixmap().toImage() == expected.toImage()
    finally:
        use_tokens(before)
