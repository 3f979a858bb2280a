"""MIDI in the window: without a MIDI system, and with real ports through JACK: learning, a clock, their loss."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bridge.desktop.midi.midi_page import PRESS, MidiPage
from bridge.desktop.window.main_window import MainWindow
from bridge.doors.midi import ports as ports_module
from bridge.doors.midi.backends.interface import MidiUnavailable
from bridge.home.folders import Folders
from tests.helpers.desktop_hands import Open
from tests.helpers.jack_server import jack_controller, jack_output

OURS = "Stem Bridge:Stem Bridge"
pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def pads(jack: None, window: MainWindow, qtbot: QtBot) -> Iterator[Any]:
    """A controller that is connected to our virtual port."""
    qtbot.waitUntil(lambda: window.pages.midi.report.available)
    port = jack_output("pads", OURS)
    yield port
    port.delete()


@pytest.fixture
def page(window: MainWindow) -> MidiPage:
    return window.pages.show_midi()


def act(page: MidiPage, name: str) -> None:
    page.action.setCurrentIndex(page.action.findData(name))


def press_until(pads: Any, qtbot: QtBot, heard: Callable[[], bool]) -> None:  # noqa: ANN401
    """Press the pad until `heard` is true: a JACK that is not real-time loses messages on a busy machine."""
    for _ in range(6):
        pads.send_message([0x90, 60, 100])
        with suppress(qtbot.TimeoutError):
            qtbot.waitUntil(heard, timeout=15_000)
            return
    raise AssertionError("no press of the pad was heard")


def test_missing_midi_is_shown_on_its_page_without_a_message(
    monkeypatch: pytest.MonkeyPatch, open_desktop: Open, qtbot: QtBot
) -> None:
    def none(system: str) -> None:
        raise MidiUnavailable("MIDI is not available: no MIDI system was found.")

    monkeypatch.setattr(ports_module, "midi_api", none)
    window = open_desktop()
    page = window.pages.show_midi()
    qtbot.waitUntil(lambda: "no MIDI system was found" in page.state.text())
    assert not page.learn.isEnabled()
    assert window.message_bar.shown == []


def test_a_pad_is_learned_and_makes_a_take(
    pads: Any,  # noqa: ANN401
    window: MainWindow,
    page: MidiPage,
    qtbot: QtBot,
    folders: Folders,
) -> None:
    act(page, "generate")
    page.bars.setValue(1)
    page.learn.click()
    assert page.learned.text() == PRESS
    window.adapter.handle.jobs().result(60)  # calls are answered in order: the companion listens by now
    press_until(pads, qtbot, lambda: page.learned.text().startswith("Learned: note 60"))
    assert "generate bars=1" in page.learned.text()
    assert not window.take_list.jobs  # the press that was learned triggered nothing
    learned = tomllib.loads(folders.midi_map.read_text())["binding"][0]
    assert (learned["note"], learned["bars"]) == (60, 1)
    assert "generate bars=1" in page.bindings.item(0).text()
    qtbot.wait(200)
    # Without a DAW, and with an empty request.
    press_until(pads, qtbot, lambda: any("genres are missing" in m.text for m in window.message_bar.shown))
    window.request.genres.text.setPlainText("funk")
    qtbot.keyClicks(window.daw_bar.fields["tempo"], "120\r")
    qtbot.wait(300)  # a pad ignores presses for a moment after each press
    press_until(pads, qtbot, lambda: bool(window.take_list.jobs or window.take_list.cards))
    qtbot.waitUntil(lambda: bool(window.take_list.cards))
    (card,) = window.take_list.cards.values()
    assert (card.take.title, card.take.data["tempo"], card.take.data["bars"]) == ("funk", 120.0, 1)


def test_learning_can_be_cancelled(
    pads: Any,  # noqa: ANN401
    page: MidiPage,
    qtbot: QtBot,
    folders: Folders,
) -> None:
    act(page, "set")
    assert page.parameter.isVisible()
    page.learn.click()
    page.learn.click()
    assert page.learned.text() == "Nothing was learned."
    qtbot.wait(200)
    pads.send_message([0xB0, 20, 100])
    qtbot.wait(300)
    assert not folders.midi_map.exists()


def test_a_clock_sets_the_tempo_and_its_loss_is_reported(
    pads: Any,  # noqa: ANN401
    window: MainWindow,
    page: MidiPage,
    qtbot: QtBot,
) -> None:
    pads.send_message([0xFA])
    began, ticks = time.monotonic(), 0
    while abs((window.session.tempo or 0.0) - 120) > 20 and time.monotonic() < began + 60:
        pads.send_message([0xF8])
        QApplication.processEvents()
        ticks += 1
        # Clock ticks carry no time: each is sent at its own.
        time.sleep(max(0.0, began + ticks * 60 / (24 * 120) - time.monotonic()))
    assert window.session.tempo == pytest.approx(120, abs=20)  # a busy machine's clock is not exact
    assert "Following a MIDI clock" in window.daw_bar.hint.text()
    qtbot.waitUntil(lambda: any("has dropped out" in m.text for m in window.message_bar.shown))
    assert "BPM" in page.clock.text()


def test_an_unplugged_controller_is_reported_and_connected_again(
    jack: None, window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: window.pages.midi.report.available)
    for number in range(2):
        nano = jack_controller("nano", "pads")
        qtbot.waitUntil(lambda: any("nano" in port for port in window.pages.midi.report.inputs))
        assert not any("has gone" in m.text for m in window.message_bar.shown)
        nano.delete()
        qtbot.waitUntil(
            lambda: any("nano" in m.text and "has gone" in m.text for m in window.message_bar.shown), timeout=120_000
        )
        if number:
            assert window.message_bar.shown[-1].action is not None
