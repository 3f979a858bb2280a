"""The genres by themselves: text, chips and suggestions."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from bridge.desktop.request.genres import COMMON, Genres

WORDS = ("sax", "saxophone", "tenor sax", "salsa")


@pytest.fixture
def genres(qtbot: QtBot) -> Genres:
    made = Genres()
    qtbot.addWidget(made)
    made.show()
    made.text.setFocus()
    qtbot.waitUntil(made.text.hasFocus)
    return made


@pytest.mark.parametrize(
    ("text", "words"), [("", []), (" , ,", []), ("funk", ["funk"]), (" slap bass ,, warm", ["slap bass", "warm"])]
)
def test_words_stand_between_commas(genres: Genres, text: str, words: list[str]) -> None:
    genres.text.setPlainText(text)
    assert genres.words() == words


def test_chips_of_words_that_are_there_are_down_whatever_their_case(genres: Genres) -> None:
    genres.text.setPlainText("FUNK, Warm, deep house")
    genres.text.clearFocus()
    genres._suggest()
    assert {word for word, chip in genres.chips.items() if chip.isChecked()} == {"funk", "warm"}


def test_a_chip_that_is_pulled_takes_its_word_out(genres: Genres) -> None:
    genres.text.setPlainText("Funk, own words, warm")
    genres.text.clearFocus()
    genres._suggest()
    genres.chips["funk"].click()
    assert genres.text.toPlainText() == "own words, warm"


def test_words_are_asked_for_once_and_only_when_the_user_types(genres: Genres, qtbot: QtBot) -> None:
    asked: list[bool] = []
    genres.words_requested.connect(lambda: asked.append(True))
    genres.text.clearFocus()
    genres.text.setPlainText("put there by a preset")
    assert asked == []
    genres.text.setFocus()
    qtbot.keyClicks(genres.text, "ab")
    assert asked == [True]


def test_suggestions_are_for_the_last_word(genres: Genres, qtbot: QtBot) -> None:
    genres.offer(WORDS)
    qtbot.keyClicks(genres.text, "funk, sax")
    assert tuple(genres.chips) == ("saxophone", "tenor sax")
    qtbot.keyClicks(genres.text, "z")
    assert tuple(genres.chips) == COMMON, "nothing begins so"


def test_a_suggestion_replaces_what_was_typed_and_the_text_goes_on_behind_it(genres: Genres, qtbot: QtBot) -> None:
    genres.offer(WORDS)
    qtbot.keyClicks(genres.text, "funk, ten")
    genres.chips["tenor sax"].click()
    assert genres.text.toPlainText() == "funk, tenor sax"
    assert tuple(genres.chips) == COMMON
    assert genres.text.textCursor().atEnd()
    genres.text.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClicks(genres.text, ", warm")
    assert genres.words() == ["funk", "tenor sax", "warm"]


def test_words_that_arrive_while_the_user_types_are_suggested_at_once(genres: Genres, qtbot: QtBot) -> None:
    qtbot.keyClicks(genres.text, "sal")
    assert tuple(genres.chips) == COMMON
    genres.offer(WORDS)
    assert tuple(genres.chips) == ("salsa",)


def test_every_change_is_reported(genres: Genres, qtbot: QtBot) -> None:
    with qtbot.waitSignal(genres.changed):
        genres.chips["funk"].click()
    with qtbot.waitSignal(genres.changed):
        genres.text.clear()
