"""The page on a take's origin."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from bridge.desktop.takes.details import TakeDetails, lines
from bridge.takes.library import TakeView
from tests.helpers.take_files import write_take


@pytest.fixture
def take(tmp_path: Path) -> TakeView:
    return write_take(tmp_path / "take", model="turbo", notices=["One.", "Two."])


def test_every_line_of_the_origin_has_its_heading(take: TakeView) -> None:
    assert lines(take) == [
        ("Prompt", "funk, 120 BPM"),
        ("Engine", "sketch · turbo"),
        ("Seed", "7"),
        ("Made", "2026-11-21T09:00:00.000Z"),
        ("Alignment", "Measured against the grid (onsets): median error 1.25 ms, 95 % of onsets within 3.50 ms"),
        ("Notes", "One. Two."),
        ("Folder", str(take.folder)),
    ]


def test_what_there_is_nothing_to_say_of_is_left_out(tmp_path: Path) -> None:
    headings = [name for name, _ in lines(write_take(tmp_path / "take", prompt=""))]
    assert headings == ["Engine", "Seed", "Made", "Alignment", "Folder"]


def test_the_page_shows_title_lines_and_block(take: TakeView, qtbot: QtBot) -> None:
    page = TakeDetails(take)
    qtbot.addWidget(page)
    texts = [one.text() for one in page.findChildren(QLabel)]
    assert "funk" in texts
    assert "sketch · turbo" in texts
    assert json.loads(page.block.toPlainText()) == {"genres": "funk", "seed": 7}
    assert page.block.isReadOnly()


@pytest.mark.parametrize(("text", "action", "stays"), [("Use again", "use", False), ("Copy block", "copy", True)])
def test_its_buttons_ask_for_an_action(take: TakeView, qtbot: QtBot, text: str, action: str, stays: bool) -> None:
    page = TakeDetails(take)
    qtbot.addWidget(page)
    page.show()
    (button,) = (one for one in page.findChildren(QPushButton) if one.text() == text)
    with qtbot.waitSignal(page.requested) as asked:
        button.click()
    assert asked.args == [action]
    assert page.isVisible() == stays
