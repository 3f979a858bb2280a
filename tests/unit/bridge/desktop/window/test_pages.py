"""The dialogs over the window, each opened for real."""

from __future__ import annotations

import json
from concurrent.futures import Future
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bridge.app import daws
from bridge.app.effective_session import EffectiveSession
from bridge.app.events import ModelWork
from bridge.app.memory import Memory
from bridge.desktop.adapter import Adapter
from bridge.desktop.settings import firstrun, settings_page, uninstall_page
from bridge.desktop.window.pages import Pages
from bridge.doors.midi.status import MidiReport
from bridge.home.folders import Folders
from bridge.home.messages import Message
from bridge.settings import SettingsFile
from engine.errors import StemBridgeError
from tests.helpers.fake_handle import FakeHandle

WORK = ModelWork("m", "M", "downloading", 1, 2)


def done(result: object) -> Future[object]:
    future: Future[object] = Future()
    future.set_result(result)
    return future


@pytest.fixture
def memory(folders: Folders) -> Memory:
    return Memory(folders.window_memory)


@pytest.fixture
def session() -> EffectiveSession:
    return EffectiveSession()


@pytest.fixture
def pages(
    adapter: Adapter,
    settings: SettingsFile,
    session: EffectiveSession,
    memory: Memory,
    posted: list[Message],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> Pages:
    """Pages on a machine without DAWs, sound devices or libraries for models."""
    monkeypatch.setattr(daws, "look", lambda: done([]))
    for module in (firstrun, settings_page):
        monkeypatch.setattr(module, "devices", list)
    monkeypatch.setattr("bridge.app.models.ModelDesk.missing", lambda _: "pip install it")
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    connection = SimpleNamespace(osc_port=50_001)
    made = Pages(window, adapter, settings, session, memory, connection)  # type: ignore[arg-type]
    made._kept = window  # type: ignore[attr-defined]
    return made


def test_settings_pass_their_changes_on(pages: Pages, qtbot: QtBot) -> None:
    page = pages.show_settings()
    assert page.isVisible()
    with qtbot.waitSignal(pages.setting_changed) as changed:
        page._set("play_when_done", True)
    assert changed.args == ["play_when_done"]
    page.reject()


def test_the_models_page_is_made_once_and_passes_its_changes_on(pages: Pages, qtbot: QtBot) -> None:
    page = pages.show_models("ace-step-2b-turbo")
    assert page.isVisible()
    with qtbot.waitSignal(pages.models_changed):
        page.changed.emit()
    page.close()
    assert pages.show_models() is page
    page.close()


@pytest.mark.parametrize(("state", "level", "command"), [("done", "info", None), ("failed", "error", "models")])
def test_the_end_of_a_download_is_a_message_while_its_page_is_closed(
    pages: Pages, handle: FakeHandle, posted: list[Message], qtbot: QtBot, state: str, level: str, command: str | None
) -> None:
    handle.tell(WORK)
    handle.tell(WORK.ended(state, "It is over."))  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: bool(posted))
    (message,) = posted
    assert (message.level, message.text, message.topic) == (level, "It is over.", "model")
    assert (message.action.command if message.action else None) == command


def test_what_the_open_page_shows_or_the_user_stopped_is_no_message(pages: Pages, posted: list[Message]) -> None:
    pages._model_worked(WORK.ended("stopped", "Stopped."))
    page = pages.show_models()
    pages._model_worked(WORK.ended("failed", "Broken."))
    page.close()
    assert posted == []


def test_the_midi_page_shows_the_last_report(pages: Pages, handle: FakeHandle, qtbot: QtBot) -> None:
    handle.tell(MidiReport("Listening to Pads.", True))
    qtbot.waitUntil(lambda: pages.midi.report.available)
    page = pages.show_midi()
    assert page.state.text() == "Listening to Pads."
    page.close()


def test_the_first_run_is_over_once_its_page_was_closed(
    pages: Pages, memory: Memory, folders: Folders, settings: SettingsFile
) -> None:
    assert pages.is_first_run
    page = pages.show_first_run()
    assert page.address == "127.0.0.1:50001"
    assert pages.is_first_run
    page.reject()
    assert not pages.is_first_run
    assert json.loads(folders.window_memory.read_text()) == {"welcomed": True}


def test_the_first_run_names_the_folder_of_the_session_or_of_the_settings(
    pages: Pages, session: EffectiveSession, settings: SettingsFile
) -> None:
    settings.set("project", "/set")
    for expected in ("/set", "/song"):
        page = pages.show_first_run()
        assert page.project.text().endswith(f"takes go to {expected}.")
        page.reject()
        session.override("project", "/song")


def test_the_first_run_opens_the_other_pages_and_follows_them(
    pages: Pages, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = pages.show_first_run()
    with qtbot.waitSignal(pages.folder_requested):
        page.folder_requested.emit()
    with qtbot.waitSignal(pages.daws_changed):
        page.daws_changed.emit()
    with qtbot.waitSignal(pages.setting_changed):
        page.setting_changed.emit("output_device")
    page.models_requested.emit()
    assert pages._models is not None
    assert pages._models.isVisible()

    def fail(*_: object) -> None:
        raise StemBridgeError("Looked again.")

    monkeypatch.setattr(firstrun, "choose", fail)
    pages.models_changed.emit()
    assert page.model.text() == "Looked again."
    pages._models.close()
    page.reject()


def test_after_an_uninstall_the_program_exits(pages: Pages, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    codes: list[int] = []
    monkeypatch.setattr(QCoreApplication, "exit", codes.append)
    empty = SimpleNamespace(paths=(), size_bytes=0)
    groups = dict.fromkeys((uninstall_page.ENGINE, uninstall_page.MODELS, uninstall_page.SETTINGS), empty)
    plan = SimpleNamespace(scripts=[], autostart=None, belongings=groups)
    monkeypatch.setattr(uninstall_page, "make_plan", lambda _: plan)
    page = pages.show_uninstall()
    qtbot.waitUntil(page.remove.isEnabled)
    assert page.boxes == {}
    page.gone.emit()
    assert codes == [0]
    page.reject()
