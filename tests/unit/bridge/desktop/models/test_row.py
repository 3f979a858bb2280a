"""One row of the models page."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from bridge.app.events import ModelWork
from bridge.app.models import ModelState
from bridge.desktop.models.row import ModelRow
from bridge.desktop.models.words import size
from engine.models.catalogue import read_catalogue
from engine.models.installed_models import InstalledModel

ENTRY = read_catalogue()["ace-step-2b-turbo"]
HERE = InstalledModel(ENTRY.name, Path("/m"), "r", "main", "", "MIT", "original", "hub", "2026-11-21", ())
ABSENT, PARTLY = ModelState(ENTRY, None, 0), ModelState(ENTRY, None, 5_000_000)
INSTALLED = ModelState(ENTRY, HERE, 0)


@pytest.fixture
def row(qtbot: QtBot) -> ModelRow:
    made = ModelRow(ABSENT)
    qtbot.addWidget(made)
    made.show()
    return made


def visible(row: ModelRow) -> list[str]:
    return [button.text() for button in row.findChildren(QPushButton) if button.isVisible()]


@pytest.mark.parametrize(
    ("state", "status", "buttons"),
    [
        (ABSENT, "not installed", ["Download…", "From a folder…"]),
        (PARTLY, f"5.0 MB of {size(ENTRY.size_bytes)} here", ["Go on…", "From a folder…", "Remove"]),
        (INSTALLED, "installed", ["Check", "Remove"]),
    ],
    ids=["absent", "partly", "installed"],
)
def test_the_status_decides_what_can_be_done(
    row: ModelRow, state: ModelState, status: str, buttons: list[str]
) -> None:
    row.refresh(state, None)
    assert row.status.text() == status
    assert visible(row) == buttons


def test_the_row_says_what_the_model_is(row: ModelRow) -> None:
    assert row.title.text() == ENTRY.label
    assert row.accessibleName() == f"Model {ENTRY.label}"
    assert row.buttons["download"].accessibleName() == f"Download: {ENTRY.label}"


def test_buttons_ask_for_their_action(row: ModelRow) -> None:
    asked: list[str] = []
    row.requested.connect(asked.append)
    row.refresh(INSTALLED, None)
    row.buttons["verify"].click()
    row.buttons["remove"].click()
    assert asked == ["verify", "remove"]


def test_work_on_it_shows_progress_and_only_cancel(row: ModelRow) -> None:
    row.refresh(ABSENT, ModelWork(ENTRY.name, ENTRY.label, "downloading", 250, 1000))
    assert visible(row) == ["Cancel"]
    assert row.bar.isVisible()
    assert row.bar.value() == 250
    assert row.words.text().startswith("Downloading   25 %")


def test_work_on_another_model_disables_its_buttons(row: ModelRow) -> None:
    row.refresh(ABSENT, ModelWork("other", "Other", "downloading", 0, 1))
    assert visible(row) == ["Download…", "From a folder…"]
    assert not any(button.isEnabled() for button in row.buttons.values())
    assert not row.bar.isVisible()
    row.refresh(ABSENT, None)
    assert row.buttons["download"].isEnabled()


def test_a_sentence_is_shown_and_an_empty_one_hides_the_line(row: ModelRow) -> None:
    assert not row.words.isVisible()
    row.say("The disk is full.", "bad")
    assert (row.words.isVisible(), row.words.property("role")) == (True, "bad")
    row.say("")
    assert not row.words.isVisible()


def test_agreeing_does_the_work_and_refusing_does_not(row: ModelRow) -> None:
    done: list[str] = []
    row.ask("Delete it?", "Delete", lambda: done.append("deleted"), "Keep")
    no, yes = row.answers()
    assert [no.text(), yes.text()] == ["Keep", "Delete"]  # type: ignore[attr-defined]
    no.click()  # type: ignore[attr-defined]
    assert (done, row.answers(), row.words.isVisible()) == ([], [], False)
    row.ask("Delete it?", "Delete", lambda: done.append("deleted"))
    row.answers()[1].click()  # type: ignore[attr-defined]
    assert (done, row.answers()) == (["deleted"], [])


def test_a_new_question_replaces_the_one_before(row: ModelRow) -> None:
    row.ask("One?", "Yes", lambda: None)
    row.ask("Two?", "Yes", lambda: None)
    assert len(row.answers()) == 2
    assert row.words.text() == "Two?"


def test_the_model_for_this_machine_is_marked_with_the_reason(row: ModelRow) -> None:
    assert not row.suits.isVisible()
    row.recommend("It fits whole.")
    assert row.suits.isVisible()
    assert row.suits.toolTip() == row.suits.accessibleDescription() == "It fits whole."
