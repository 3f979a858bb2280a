"""Actions on real takes in a temporary folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import soundfile
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from bridge.desktop.adapter import Adapter
from bridge.desktop.takes.card import TakeCard
from bridge.desktop.takes.export import ExportDialog
from bridge.desktop.takes.list import TakeList
from bridge.desktop.window.playback import Playback
from bridge.desktop.window.take_actions import TakeActions, balance_gains
from bridge.home.messages import Message
from bridge.takes.export import Export
from bridge.takes.library import read_take
from engine.errors import StemBridgeError
from tests.helpers.fake_handle import FakeHandle


@pytest.fixture
def actions(
    adapter: Adapter, take_list: TakeList, playback: Playback, posted: list[Message], qtbot: QtBot
) -> Iterator[TakeActions]:
    window = QWidget()
    qtbot.addWidget(window)
    made = TakeActions(window, adapter, take_list, playback)
    yield made
    made.close()


@pytest.fixture
def card(add: Callable[..., TakeCard]) -> TakeCard:
    return add("one")


def test_name_and_mark_are_kept_beside_the_take(actions: TakeActions, card: TakeCard) -> None:
    actions.annotate(card, name="  Chorus   idea ")
    actions.annotate(card, favourite=True)
    assert card.title.text() == "Chorus idea"
    kept = read_take(card.take.manifest)
    assert (kept.name, kept.favourite) == ("Chorus idea", True)


def test_a_name_that_cannot_be_written_is_a_message(
    actions: TakeActions, card: TakeCard, posted: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StemBridgeError("The disk is full.")

    monkeypatch.setattr("bridge.desktop.window.take_actions.annotate", fail)
    actions.annotate(card, name="Idea")
    assert [(one.text, one.topic) for one in posted] == [("The disk is full.", "take")]
    assert card.title.text() == "funk"


def test_a_take_in_the_trash_has_no_card_and_no_open_files(
    actions: TakeActions,
    card: TakeCard,
    take_list: TakeList,
    playback: Playback,
    posted: list[Message],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trashed: list[object] = []
    monkeypatch.setattr("bridge.desktop.window.take_actions.trash", trashed.append)
    playback.load(card)
    actions.delete(card)
    assert trashed == [card.take]
    assert playback.player.take is None
    assert take_list.cards == {}
    assert posted[-1].text == "“funk” is in the trash."


def test_a_take_that_stays_keeps_its_card(
    actions: TakeActions,
    card: TakeCard,
    take_list: TakeList,
    posted: list[Message],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: object) -> None:
        raise StemBridgeError("There is no trash.")

    monkeypatch.setattr("bridge.desktop.window.take_actions.trash", fail)
    actions.delete(card)
    assert list(take_list.cards.values()) == [card]
    assert posted[-1].text == "There is no trash."


@pytest.mark.parametrize("opens", [True, False])
def test_the_folder_is_opened_or_named(
    actions: TakeActions, card: TakeCard, posted: list[Message], monkeypatch: pytest.MonkeyPatch, opens: bool
) -> None:
    opened: list[QUrl] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url)
        return opens

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    actions.reveal(card)
    assert opened == [QUrl.fromLocalFile(str(card.take.folder))]
    assert [str(card.take.folder) in one.text for one in posted] == ([] if opens else [True])


def test_the_block_on_the_clipboard_has_the_seed(actions: TakeActions, card: TakeCard) -> None:
    actions.copy_block(card)
    assert json.loads(QApplication.clipboard().text()) == {"genres": "funk", "seed": 7}


def test_sending_places_the_take_at_its_start(
    actions: TakeActions, card: TakeCard, handle: FakeHandle, posted: list[Message], qtbot: QtBot
) -> None:
    handle.answers["place"] = "REAPER"
    actions.send(card, "playhead")
    assert handle.called("place") == [[card.take.manifest, "playhead", 16.0]]
    qtbot.waitUntil(lambda: [one.text for one in posted] == ["Sent to REAPER."])


def test_the_balance_is_a_factor_by_stem(card: TakeCard) -> None:
    card.strips.strips[0].level.setValue(-20)
    card.strips.strips[1].mute.click()
    assert balance_gains(card) == {"drums": pytest.approx(0.1), "bass": 0.0}


def test_an_export_runs_in_the_background_and_says_where_it_is(
    actions: TakeActions, card: TakeCard, tmp_path: Path, posted: list[Message], qtbot: QtBot
) -> None:
    path = actions.export(card, tmp_path, Export("mix", "flac")).result(30)
    assert soundfile.info(path).frames == card.take.frames
    qtbot.waitUntil(lambda: [one.text for one in posted] == [f"Exported to {path}."])


@pytest.mark.parametrize(("agrees", "folder", "exported"), [(False, "x", 0), (True, "", 0), (True, "x", 1)])
def test_the_dialog_and_the_folder_come_before_the_export(
    actions: TakeActions,
    card: TakeCard,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    agrees: bool,
    folder: str,
    exported: int,
) -> None:
    asked: list[tuple[Path, str, object]] = []
    monkeypatch.setattr(ExportDialog, "exec", lambda _: agrees)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: folder and str(tmp_path))
    monkeypatch.setattr(
        actions, "export", lambda _, target, options: asked.append((target, options.what, options.gains))
    )
    actions.ask_export(card)
    assert asked == [(tmp_path, "stems", {"drums": 1.0, "bass": 1.0})] * exported
