"""The editor of the lyrics."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from bridge.desktop.request.lyrics import LANGUAGES, TAGS, Lyrics


@pytest.fixture
def lyrics(qtbot: QtBot) -> Lyrics:
    made = Lyrics()
    qtbot.addWidget(made)
    made.show()
    return made


def press(lyrics: Lyrics, tag: str) -> None:
    (chip,) = (one for one in lyrics.findChildren(QPushButton) if one.text() == tag)
    chip.click()


def test_each_tag_has_its_button(lyrics: Lyrics) -> None:
    for tag in TAGS:
        press(lyrics, tag)
    assert lyrics.text.toPlainText() == "".join(f"[{tag}]\n" for tag in TAGS)


def test_a_tag_begins_a_line_where_the_cursor_is(lyrics: Lyrics) -> None:
    lyrics.text.setPlainText("one two")
    cursor = lyrics.text.textCursor()
    cursor.setPosition(3)
    lyrics.text.setTextCursor(cursor)
    press(lyrics, "Chorus")
    assert lyrics.text.toPlainText() == "one\n[Chorus]\n two"
    lyrics.text.moveCursor(QTextCursor.MoveOperation.Start)
    press(lyrics, "Verse")
    assert lyrics.text.toPlainText().startswith("[Verse]\none\n")


def test_typing_goes_on_in_the_text(lyrics: Lyrics, qtbot: QtBot) -> None:
    press(lyrics, "Verse")
    qtbot.waitUntil(lyrics.text.hasFocus)
    qtbot.keyClicks(lyrics.text, "Hey")
    assert lyrics.text.toPlainText() == "[Verse]\nHey"


def test_a_language_may_be_any_text_and_none_is_offered_first(lyrics: Lyrics) -> None:
    assert lyrics.language.currentText() == "" == LANGUAGES[0]
    lyrics.language.setCurrentText("pt-BR")
    assert lyrics.language.currentText() == "pt-BR"


def test_text_and_language_report_their_changes(lyrics: Lyrics, qtbot: QtBot) -> None:
    with qtbot.waitSignal(lyrics.changed):
        lyrics.text.insertPlainText("x")
    with qtbot.waitSignal(lyrics.changed):
        lyrics.language.setCurrentText("de")
