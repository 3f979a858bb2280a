"""The main window over a handle without a companion: its connections, its memory, its closing."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bridge.app import daws, updates
from bridge.app.events import CoreReady, DawChanged, JobChanged
from bridge.app.player.output import SilentOutput
from bridge.app.player.player import TakePlayer
from bridge.app.rework import Rework
from bridge.desktop.adapter import Adapter
from bridge.desktop.look.palette import tokens, use_tokens
from bridge.desktop.look.tokens import LIGHT
from bridge.desktop.window import main_window
from bridge.desktop.window.main_window import MainWindow
from bridge.home.folders import Folders
from bridge.home.messages import Message
from bridge.jobs.job import State
from bridge.settings import SettingsFile
from engine.errors import StemBridgeError
from engine.registry import SKETCH
from tests.helpers.fake_handle import FakeHandle
from tests.helpers.take_files import write_take

DAW = DawChanged("REAPER", "7.3", 97.6, "4/4", "E minor", 66.0, True, "", "", "")
JOB = JobChanged("1", State.QUEUED, "queued", 0.0, "", (), 0.0, True, {})


def done(result: object) -> Future[object]:
    future: Future[object] = Future()
    future.set_result(result)
    return future


@pytest.fixture
def window(
    adapter: Adapter,
    settings: SettingsFile,
    posted: list[Message],
    qapp: QApplication,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MainWindow]:
    """A window on a machine without DAWs, whose player makes no sound."""
    monkeypatch.setattr(
        "bridge.desktop.window.playback.TakePlayer",
        partial(TakePlayer, open_output=lambda rate, _: SilentOutput(rate)),
    )
    monkeypatch.setattr(daws, "look", lambda: done([]))
    monkeypatch.setattr(updates, "look", lambda *_: done(None))
    made = MainWindow(adapter, settings)
    made.show()
    yield made
    made.close_without_asking()
    made.take_list._threads.shutdown(wait=True)
    qapp.processEvents()
    made.deleteLater()


def listen(window: MainWindow, handle: FakeHandle, qtbot: QtBot) -> None:
    handle.tell(CoreReady(50_001, 50_002))
    qtbot.waitUntil(window.request.go.isEnabled)


def test_generate_waits_until_the_companion_listens(window: MainWindow, handle: FakeHandle, qtbot: QtBot) -> None:
    assert not window.request.go.isEnabled()
    listen(window, handle, qtbot)
    assert handle.called("jobs") == [[]], "unfinished jobs are asked for"


def test_the_button_submits_the_request_and_its_seed_is_used_once(
    window: MainWindow, handle: FakeHandle, qtbot: QtBot
) -> None:
    listen(window, handle, qtbot)
    handle.answers["submit"] = "job-1"
    window.request.genres.text.setPlainText("funk")
    window.request.shape.seed.setText("7")
    window.request.go.click()
    ((request,),) = handle.called("submit")
    assert (request.block["genres"], request.block["seed"]) == ("funk", 7)
    qtbot.waitUntil(lambda: window.request.shape.seed.text() == "")


def test_pads_get_the_request_of_now_whenever_it_changes(
    window: MainWindow, handle: FakeHandle, qtbot: QtBot
) -> None:
    window.request.genres.text.setPlainText("house")
    assert handle.called("stand_in")[-1][0].block["genres"] == "house"
    handle.tell(replace(DAW, contact_s=time.monotonic()))
    qtbot.waitUntil(lambda: handle.called("stand_in")[-1][0].tempo == 97.6)
    assert window.daw_bar.daw.text() == "REAPER"


def test_a_finished_job_is_shown_as_a_take(
    window: MainWindow, handle: FakeHandle, tmp_path: Path, qtbot: QtBot
) -> None:
    manifest = write_take(tmp_path / "take").manifest
    handle.tell(JOB)
    handle.tell(replace(JOB, state=State.DONE, manifests=(str(manifest),)))
    qtbot.waitUntil(lambda: manifest in window.take_list.cards)
    assert window.take_list.jobs == {}
    assert window.playback.card is window.take_list.cards[manifest]


def test_marked_bars_are_reworked_by_the_chosen_engine(
    window: MainWindow, handle: FakeHandle, tmp_path: Path, qtbot: QtBot
) -> None:
    window.request.engines.engine.setCurrentIndex(window.request.engines.engine.findData("sketch"))
    take = write_take(tmp_path / "take")
    window.region_bar.requested.emit(Rework(take, (0, 16_000), "repaint"))
    qtbot.waitUntil(lambda: bool(handle.called("submit")))
    assert handle.called("submit")[0][0].block["engine"] == "sketch"


def test_genres_get_the_words_that_are_known(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_window, "known_words", lambda _: ("funk", "funky"))
    window.request.genres.words_requested.emit()
    qtbot.waitUntil(lambda: tuple(window.request.genres._known) == ("funk", "funky"))


@pytest.mark.parametrize(
    ("key", "command"),
    [("settings", "show_settings"), ("models", "show_models"), ("midi", "show_midi"), ("connect", "show_first_run")],
)
def test_commands_open_pages(window: MainWindow, key: str, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(window.pages, command, lambda: opened.append(command))
    window._command(key)
    assert opened == [command]


def test_commands_restart_the_companion(window: MainWindow, handle: FakeHandle, settings: SettingsFile) -> None:
    settings.set("osc_port", 9200)
    for command in ("restart", "free_port", "apply"):
        window._command(command)
    assert handle.called("restart") == [
        [],
        [{"osc_port": 0, "http_port": 0}],
        [{"osc_port": 9200, "http_port": 9125, "host": "127.0.0.1", "engine": "auto"}],
    ]


def test_a_script_is_installed_by_the_command_with_its_daw(
    window: MainWindow, posted: list[Message], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[str] = []
    status = SimpleNamespace(notes=("Load it once.",), daw="reaper")
    found = SimpleNamespace(label="REAPER", words="the script is installed", status=status)

    def install(name: str) -> Future[object]:
        installed.append(name)
        return done(found)

    monkeypatch.setattr(daws, "install", install)
    window._command("install reaper")
    qtbot.waitUntil(lambda: [one.text for one in posted] == ["REAPER: the script is installed. Load it once."])
    assert installed == ["reaper"]


def test_an_unknown_command_is_an_error(window: MainWindow) -> None:
    with pytest.raises(KeyError, match="nonsense"):
        window._command("nonsense")


def test_another_theme_recolours_the_window(window: MainWindow, settings: SettingsFile, qapp: QApplication) -> None:
    sheet, palette, before = qapp.styleSheet(), qapp.palette(), tokens()
    settings.set("theme", "light")
    try:
        window.pages.setting_changed.emit("theme")
        assert tokens() is LIGHT
        assert LIGHT.ground in qapp.styleSheet()
    finally:
        qapp.setStyleSheet(sheet)
        qapp.setPalette(palette)
        use_tokens(before)


def test_a_setting_of_the_companion_offers_its_restart(window: MainWindow, posted: list[Message]) -> None:
    window.pages.setting_changed.emit("osc_port")
    (message,) = posted
    assert (message.level, message.topic) == ("warning", "restart")
    assert message.action is not None
    assert message.action.command == "apply"


def test_settings_of_the_window_hold_at_once(
    window: MainWindow, settings: SettingsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[list[Path]] = []
    refreshed: list[bool] = []
    monkeypatch.setattr(window.take_list, "open_folders", opened.append)
    monkeypatch.setattr(window.request.engines, "refresh", lambda: refreshed.append(True))
    settings.set("output_device", "Scarlett")
    settings.set("project", "/song")
    for key in ("output_device", "project", "remote_url", "metronome_db"):
        window.pages.setting_changed.emit(key)
    assert window.playback.player.device == "Scarlett"
    assert len(opened[0]) == 2
    assert refreshed == [True]


@pytest.mark.parametrize("on", [True, False])
def test_starting_with_the_computer_follows_its_setting(
    window: MainWindow, settings: SettingsFile, monkeypatch: pytest.MonkeyPatch, on: bool
) -> None:
    calls: list[bool] = []
    monkeypatch.setattr(main_window, "set_autostart", calls.append)
    settings.set("autostart", on)
    window.pages.setting_changed.emit("autostart")
    assert calls == [on]


def test_an_autostart_that_cannot_be_set_is_a_message(
    window: MainWindow, posted: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: bool) -> None:
        raise StemBridgeError("The folder is read-only.")

    monkeypatch.setattr(main_window, "set_autostart", fail)
    window.apply_autostart()
    assert [(one.text, one.topic) for one in posted] == [("The folder is read-only.", "settings")]


@pytest.mark.parametrize(
    ("key", "part", "method"),
    [(Qt.Key.Key_Space, "playback", "toggle"), (Qt.Key.Key_B, "playback", "swap"), (Qt.Key.Key_T, "daw_bar", "tap")],
)
def test_single_keys_act_if_nothing_else_takes_them(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, key: Qt.Key, part: str, method: str
) -> None:
    pressed: list[str] = []
    monkeypatch.setattr(getattr(window, part), method, lambda: pressed.append(method))
    qtbot.keyClick(window, key)
    qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
    assert pressed == [method]


def test_auto_means_the_engine_of_the_companion(
    window: MainWindow, handle: FakeHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def find(_: Folders, name: str) -> object:
        asked.append(name)
        return SKETCH

    monkeypatch.setattr(main_window, "find_engine", find)
    handle.options = replace(handle.options, engine="ace-step")
    window._find_engine("auto")
    window._find_engine("sketch")
    assert asked == ["ace-step", "sketch"]


def test_the_window_comes_back_as_it_was(
    window: MainWindow, adapter: Adapter, settings: SettingsFile, folders: Folders
) -> None:
    window.request.genres.text.setPlainText("dub techno")
    window.session.override("tempo", 98.5)
    window.resize(980, 655)
    window.close()
    assert set(json.loads(folders.window_memory.read_text())) == {"geometry", "session", "request"}
    again = MainWindow(adapter, settings)
    assert again.request.block()["genres"] == "dub techno"
    assert again.daw_bar.fields["tempo"].text() == "98.5"
    assert (again.width(), again.height()) == (980, 655)
    again.close_without_asking()
    again.take_list._threads.shutdown(wait=True)


def test_a_broken_memory_is_an_ordinary_start(
    adapter: Adapter, settings: SettingsFile, folders: Folders, window: MainWindow
) -> None:
    folders.window_memory.parent.mkdir(parents=True)
    folders.window_memory.write_text('{"session": 3, "request": [], "geometry": "ä"}', encoding="utf-8")
    again = MainWindow(adapter, settings)
    assert again.request.block() == {}
    again.close_without_asking()
    again.take_list._threads.shutdown(wait=True)


@pytest.mark.parametrize("agrees", [True, False])
def test_closing_on_unfinished_work_asks(window: MainWindow, monkeypatch: pytest.MonkeyPatch, agrees: bool) -> None:
    asked: list[int] = []

    def ask(_: MainWindow, unfinished: int) -> bool:
        asked.append(unfinished)
        return agrees

    monkeypatch.setattr(main_window, "agrees_to_close", ask)
    window.take_list.show_job(JOB)
    assert window.close() is agrees
    assert window.isVisible() is not agrees
    assert asked == [1]


def test_closing_without_work_or_without_asking_asks_nothing(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_window, "agrees_to_close", pytest.fail)
    window.take_list.show_job(JOB)
    window.close_without_asking()
    assert not window.isVisible()


def test_with_a_tray_icon_the_window_only_hides(window: MainWindow, folders: Folders) -> None:
    window.hides_on_close = True
    assert not window.close()
    assert not window.isVisible()
    assert not folders.window_memory.exists()
