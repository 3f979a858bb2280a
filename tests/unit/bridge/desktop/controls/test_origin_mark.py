"""The mark of a value's origin: one word, its tooltip, and a button where there is something to give back."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from bridge.desktop.controls.origin_mark import GIVEN, WORDS, OriginMark
from engine.origin import Origin


@pytest.mark.parametrize("origin", WORDS)
def test_it_says_where_a_value_is_from_and_gives_back_what_was_set(qtbot: QtBot, origin: Origin) -> None:
    given: list[bool] = []
    mark = OriginMark("Tempo", "as the DAW says", lambda: given.append(True))
    qtbot.addWidget(mark)
    mark.show_origin(origin)
    word, words = WORDS[origin]
    assert mark.text() == word
    assert words in mark.toolTip()
    assert words in mark.accessibleName()
    mark.click()
    assert bool(given) == (origin in GIVEN) == ("as the DAW says" in mark.toolTip())
