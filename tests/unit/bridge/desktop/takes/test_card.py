"""The card of a take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from bridge.desktop.look.palette import tokens
from bridge.desktop.takes.card import PLACES, TakeCard, facts, provenance
from bridge.takes.library import TakeView
from tests.helpers.take_files import write_take


@pytest.fixture
def take(tmp_path: Path) -> TakeView:
    return write_take(tmp_path / "take")


@pytest.fixture
def asked() -> list[tuple[str, object]]:
    return []


@pytest.fixture
def card(take: TakeView, asked: list[tuple[str, object]], qtbot: QtBot) -> TakeCard:
    made = TakeCard(take)
    qtbot.addWidget(made)
    made.requested.connect(lambda action, value: asked.append((action, value)))
    made.show()
    return made


def test_the_facts_of_a_take_in_one_line(take: TakeView, tmp_path: Path) -> None:
    assert facts(take) == "120 BPM   4/4   E minor   2 bars   4.0 s   seed 7   sketch"
    neural = write_take(tmp_path / "other", model="turbo", key="")
    assert facts(neural) == "120 BPM   4/4   2 bars   4.0 s   seed 7   turbo"


def test_where_it_comes_from_is_in_the_tooltip(card: TakeCard, tmp_path: Path) -> None:
    assert card.facts.toolTip() == provenance(card.take)
    noted = write_take(tmp_path / "noted", notices=["Made by rules."])
    assert provenance(noted).splitlines() == [
        "Prompt: funk, 120 BPM",
        "Made 2026-11-21T09:00:00.000Z",
        str(noted.folder),
        "Made by rules.",
    ]


def test_the_badge_is_the_measured_error_in_its_colour(card: TakeCard) -> None:
    assert card.badge.text() == "1.2 ms off grid"
    assert tokens().good in card.badge.styleSheet()


def test_buttons_ask_for_their_action(card: TakeCard, asked: list[tuple[str, object]]) -> None:
    for button in (card.play, card.star, card.compare):
        button.click()
    assert asked == [("play", None), ("favourite", True), ("compare", None)]


def test_the_star_shows_and_takes_back_the_mark(card: TakeCard, asked: list[tuple[str, object]]) -> None:
    plain = card.star.icon().pixmap(QSize(16, 16)).toImage()
    card.refresh(replace(card.take, favourite=True))
    assert card.star.accessibleName() == "Remove from favourites"
    assert card.star.icon().pixmap(QSize(16, 16)).toImage() != plain
    card.star.click()
    assert asked == [("favourite", False)]


@pytest.mark.parametrize(("name", "title"), [("x" * 60, "x" * 60), ("x" * 61, "x" * 59 + "…")])
def test_a_long_name_is_cut_and_whole_in_the_tooltip(card: TakeCard, name: str, title: str) -> None:
    card.refresh(replace(card.take, name=name))
    assert (card.title.text(), card.title.toolTip()) == (title, name)


def test_the_menu_asks_for_actions(card: TakeCard, asked: list[tuple[str, object]]) -> None:
    actions = {action.text(): action for action in card.menu().actions()}
    texts = ("Regenerate: the song as it is now, another seed", "Make exactly the same once more")
    for text in (
        *texts,
        "Use again: its block and seed",
        "Copy its block as JSON",
        "Show in folder",
        "Move to trash",
    ):
        actions[text].trigger()
    assert [action for action, _ in asked] == ["regenerate", "again", "use", "copy", "reveal", "delete"]


@pytest.mark.parametrize(("agreed", "expected"), [(True, [("rename", "Idea")]), (False, [])])
def test_renaming_asks_for_the_name(
    card: TakeCard,
    asked: list[tuple[str, object]],
    monkeypatch: pytest.MonkeyPatch,
    agreed: bool,
    expected: list[tuple[str, object]],
) -> None:
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("Idea", agreed))
    card._act("rename")
    assert asked == expected


def test_the_page_on_its_origin_passes_its_actions_on(card: TakeCard, asked: list[tuple[str, object]]) -> None:
    page = card.show_details()
    assert page.isVisible()
    page.requested.emit("copy")
    page.reject()
    assert asked == [("copy", None)]


def test_sending_asks_for_the_place(card: TakeCard, asked: list[tuple[str, object]], qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QApplication, QMenu

    card.send.click()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()] == [text for _, text in PLACES]
    menu.actions()[1].trigger()
    menu.close()
    assert asked == [("send", "playhead")]


def test_waveform_and_strips_are_passed_on(card: TakeCard, asked: list[tuple[str, object]]) -> None:
    card.waveform.sought.emit(500)
    card.waveform.set_region((0, 16_000))
    card.strips.strips[0].mute.click()
    assert asked == [("seek", 500), ("mark", (0, 16_000)), ("balance", {"drums": -60.0, "bass": 0.0})]
    assert card.waveform._quiet == {"drums"}


def test_a_click_on_the_card_selects_it(card: TakeCard, asked: list[tuple[str, object]], qtbot: QtBot) -> None:
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert asked == [("select", None)]


def test_the_card_that_plays_can_be_paused_and_another_has_no_playhead(card: TakeCard) -> None:
    card.waveform.set_playhead(100)
    card.set_current(True, True)
    assert (card.property("current"), card.play.property("sign")) == (True, "pause")
    assert card.play.accessibleName() == "Pause funk"
    assert card.waveform.playhead == 100
    card.set_current(True, False)
    assert card.play.property("sign") == "play"
    card.set_current(False, False)
    assert (card.property("current"), card.waveform.playhead) == (False, None)


def test_take_b_is_shown(card: TakeCard) -> None:
    card.set_compared(True)
    assert card.compare.isChecked()
    card.set_compared(False)
    assert not card.compare.isChecked()
