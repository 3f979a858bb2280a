"""The preset menu over a folder of the user's presets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QInputDialog, QMenu
from pytestqt.qtbot import QtBot

from bridge.desktop.request.preset_menu import PresetMenu
from bridge.home.messages import Message, Messages
from bridge.request.presets.presets import Presets

BLOCK: dict[str, object] = {"genres": "funk", "seed": 7}


@pytest.fixture
def messages() -> list[Message]:
    return []


@pytest.fixture
def chosen() -> list[dict[str, object]]:
    return []


@pytest.fixture
def menu(qtbot: QtBot, tmp_path: Path, messages: list[Message], chosen: list[dict[str, object]]) -> PresetMenu:
    road = Messages()
    road.subscribe(messages.append)
    made = PresetMenu(Presets(tmp_path / "presets"), road, lambda: dict(BLOCK))
    qtbot.addWidget(made)
    made.chosen.connect(chosen.append)
    return made


def submenu(menu: QMenu, title: str) -> list[str]:
    (found,) = (action.menu() for action in menu.actions() if action.text() == title)
    return [action.text() for action in found.actions()]  # type: ignore[attr-defined]


def test_groups_have_headings_that_cannot_be_chosen(menu: PresetMenu) -> None:
    actions = {action.text(): action for action in menu.build_menu().actions()}
    assert not actions["Use case"].isEnabled()
    assert not actions["Creative goal"].isEnabled()
    assert "Rename" not in actions, "the user has none"


def test_a_factory_preset_goes_over_the_request(menu: PresetMenu, chosen: list[dict[str, object]]) -> None:
    (action,) = (one for one in menu.build_menu().actions() if one.text() == "Energetic Dance Track")
    assert action.toolTip()
    action.trigger()
    assert chosen[0]["seed"] == 7
    assert chosen[0]["genres"] != "funk"


def test_own_presets_are_saved_renamed_and_removed(menu: PresetMenu, messages: list[Message]) -> None:
    menu.save("Mine")
    menu.save("Mine")
    assert submenu(menu.build_menu(), "Rename") == submenu(menu.build_menu(), "Remove") == ["Mine"]
    menu.rename("Mine", "Yours")
    assert submenu(menu.build_menu(), "Remove") == ["Yours"]
    menu.remove("Yours")
    assert messages == []
    assert "Remove" not in [action.text() for action in menu.build_menu().actions()]


def test_a_name_that_is_taken_loses_nothing(menu: PresetMenu, messages: list[Message]) -> None:
    menu.save("One")
    menu.save("Two")
    menu.rename("One", "Two")
    assert submenu(menu.build_menu(), "Remove") == ["One", "Two"]
    assert (messages[0].level, messages[0].topic) == ("error", "preset")


@pytest.mark.parametrize(("agreed", "names"), [(True, ["Idea"]), (False, [])])
def test_saving_asks_for_a_name(
    menu: PresetMenu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, agreed: bool, names: list[str]
) -> None:
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("Idea", agreed))
    (action,) = (one for one in menu.build_menu().actions() if one.text() == "Save as preset…")
    action.trigger()
    assert [path.stem for path in (tmp_path / "presets").glob("*.json")] == names


def test_renaming_begins_with_the_old_name(menu: PresetMenu, monkeypatch: pytest.MonkeyPatch) -> None:
    menu.save("Mine")
    shown: list[object] = []

    def ask(*_: object, text: str) -> tuple[str, bool]:
        shown.append(text)
        return "New", True

    monkeypatch.setattr(QInputDialog, "getText", ask)
    menu._ask_rename("Mine")
    assert shown == ["Mine"]
    assert submenu(menu.build_menu(), "Remove") == ["New"]


def test_a_block_goes_over_the_clipboard_and_back(
    menu: PresetMenu, messages: list[Message], chosen: list[dict[str, object]]
) -> None:
    menu.share()
    assert json.loads(QApplication.clipboard().text()) == BLOCK
    assert messages[-1].text == "The block is on the clipboard."
    menu.paste()
    assert chosen[-1]["genres"] == "funk"


@pytest.mark.parametrize("text", ["", "[1]", '{"bars": 0}'])
def test_a_clipboard_without_a_block_is_a_sentence(
    menu: PresetMenu, messages: list[Message], chosen: list[dict[str, object]], text: str
) -> None:
    QApplication.clipboard().setText(text)
    menu.paste()
    assert chosen == []
    assert messages[-1].level == "error"


def test_a_preset_that_is_gone_is_a_sentence(menu: PresetMenu, messages: list[Message]) -> None:
    menu.apply("No such preset")
    assert "No such preset" in messages[-1].text
