"""The first-run page, with DAWs and sound devices as they are set."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from bridge.app import daws
from bridge.daws.daw import DawStatus
from bridge.desktop.adapter import Adapter
from bridge.desktop.settings import firstrun
from bridge.desktop.settings.firstrun import FirstRun
from bridge.settings import SettingsFile
from engine.errors import StemBridgeError
from engine.registry import ACE_STEP

ADDRESS = "127.0.0.1:9124"


class Found:
    """One DAW as `bridge.app.daws` describes it."""

    def __init__(self, label: str, words: str, next_step: str, status: DawStatus) -> None:
        self.label, self.words, self.next_step, self.status = label, words, next_step, status


REAPER = Found("REAPER", "found; the script is not installed", "Install the script", DawStatus("reaper", Path("/r")))
READY = Found(
    "REAPER",
    "the script is installed",
    "",
    DawStatus("reaper", Path("/r"), "1", is_current=True, notes=("Load it from the action list.",)),
)


def answered(result: object) -> Future[object]:
    future: Future[object] = Future()
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
    return future


Open = Callable[..., FirstRun]


@pytest.fixture
def open_page(adapter: Adapter, settings: SettingsFile, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Open:
    def one(found: list[Found] | None = None, devices: list[str] | None = None, project: str = "") -> FirstRun:
        monkeypatch.setattr(daws, "look", lambda: answered(found or []))
        monkeypatch.setattr(firstrun, "devices", lambda: devices or [])
        page = FirstRun(adapter, settings, ADDRESS, project)
        qtbot.addWidget(page)
        page.show()
        qtbot.waitUntil(lambda: "Looking" not in page.sound.text() and len(page.daw_rows) == len(found or []))
        return page

    return one


def press(page: FirstRun, text: str) -> None:
    (button,) = (one for one in page.findChildren(QPushButton) if one.text() == text)
    button.click()


def test_each_daw_has_a_line_with_its_next_step(open_page: Open) -> None:
    page = open_page([REAPER])
    words, install = page.daw_rows["reaper"]
    assert words.text() == "REAPER: found; the script is not installed."
    assert (install.text(), install.accessibleName()) == ("Install the script", "Install the script: REAPER")


def test_a_daw_that_is_ready_has_notes_and_no_button(open_page: Open) -> None:
    words, install = open_page([READY]).daw_rows["reaper"]
    assert words.text() == "REAPER: the script is installed. Load it from the action list."
    assert not install.isVisible()


def test_installing_a_script_updates_its_line(open_page: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page([REAPER])
    monkeypatch.setattr(daws, "install", lambda name: answered(READY))
    words, install = page.daw_rows["reaper"]
    with qtbot.waitSignal(page.daws_changed):
        install.click()
    assert words.text().startswith("REAPER: the script is installed.")
    assert words.property("role") == "good"
    assert not install.isVisible()


def test_a_script_that_cannot_be_installed_says_why_and_may_be_tried_again(
    open_page: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page([REAPER])
    monkeypatch.setattr(daws, "install", lambda name: answered(StemBridgeError("The folder is read-only.")))
    words, install = page.daw_rows["reaper"]
    install.click()
    qtbot.waitUntil(lambda: words.text() == "The folder is read-only.")
    assert words.property("role") == "warn"
    assert install.isEnabled()


def test_the_address_for_other_programs_can_be_copied(open_page: Open) -> None:
    page = open_page()
    assert any(f"let it send OSC to {ADDRESS}" in label.text() for label in page.findChildren(QLabel))
    press(page, "Copy address")
    assert QApplication.clipboard().text() == ADDRESS


def test_without_a_model_the_sketch_engine_is_ready(open_page: Open) -> None:
    assert open_page().model.text().startswith("The built-in sketch engine is ready")


def test_a_model_that_was_installed_makes_the_music(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page()
    monkeypatch.setattr(firstrun, "choose", lambda *_: SimpleNamespace(name=ACE_STEP))
    page.refresh_model()
    assert page.model.text() == "ACE-Step 1.5 is installed and makes the music."


def test_an_engine_that_cannot_be_looked_up_says_why(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StemBridgeError("The catalogue is broken.")

    page = open_page()
    monkeypatch.setattr(firstrun, "choose", fail)
    page.refresh_model()
    assert page.model.text() == "The catalogue is broken."


@pytest.mark.parametrize(
    ("project", "folder"), [("", "Stem Bridge’s own folder"), ("/songs/harbour", "/songs/harbour")]
)
def test_the_folder_of_takes_is_named(open_page: Open, project: str, folder: str) -> None:
    assert open_page(project=project).project.text().endswith(f"takes go to {folder}.")


def test_folder_and_models_are_asked_for(open_page: Open, qtbot: QtBot) -> None:
    page = open_page()
    with qtbot.waitSignal(page.folder_requested):
        press(page, "Choose folder…")
    with qtbot.waitSignal(page.models_requested):
        press(page, "Models…")


@pytest.mark.parametrize(
    ("devices", "words"),
    [
        ([], "No sound device was found; takes play silently until there is one."),
        (["Built-in"], "1 output found."),
        (["Built-in", "Scarlett"], "2 outputs found."),
    ],
)
def test_sound_devices_are_counted(open_page: Open, devices: list[str], words: str) -> None:
    page = open_page(devices=devices)
    assert page.sound.text() == words
    assert page.test.isEnabled() == bool(devices)


def test_a_device_that_is_chosen_is_set(open_page: Open, settings: SettingsFile, qtbot: QtBot) -> None:
    page = open_page(devices=["Built-in", "Scarlett"])
    with qtbot.waitSignal(page.setting_changed) as changed:
        page.device.setCurrentIndex(2)
    assert changed.args == ["output_device"]
    assert settings["output_device"] == "Scarlett"


@pytest.mark.parametrize(("error", "words"), [(None, "A tone was played."), (StemBridgeError("Busy."), "Busy.")])
def test_the_tone_is_played_on_the_chosen_device(
    open_page: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, error: Exception | None, words: str
) -> None:
    played: list[str] = []

    def play(device: str) -> None:
        played.append(device)
        if error is not None:
            raise error

    monkeypatch.setattr("bridge.app.player.tone.play_tone", play)
    page = open_page(devices=["Scarlett"])
    page.device.setCurrentIndex(1)
    page.test.click()
    qtbot.waitUntil(lambda: page.sound.text() == words)
    assert played == ["Scarlett"]


@pytest.mark.parametrize(("text", "result"), [("Start", QDialog.Accepted), ("Skip all", QDialog.Rejected)])
def test_it_ends_with_start_or_skip(open_page: Open, text: str, result: QDialog.DialogCode) -> None:
    page = open_page()
    press(page, text)
    assert page.result() == result.value
