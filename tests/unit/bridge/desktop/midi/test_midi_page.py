"""The MIDI page over a handle without a companion."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from bridge.desktop.adapter import Adapter
from bridge.desktop.midi.midi_page import ACTIONS, PRESS, MidiPage
from bridge.doors.midi import actions
from bridge.doors.midi.clock import ClockState
from bridge.doors.midi.status import MidiReport
from engine.errors import InvalidValue
from tests.helpers.fake_handle import FakeHandle

REPORT = MidiReport(
    "Listening to Pads.",
    True,
    ("Pads",),
    clock=ClockState.FOLLOWING,
    tempo_bpm=97.6,
    bindings=("note 36 → generate",),
)


@pytest.fixture
def page(adapter: Adapter, qtbot: QtBot) -> MidiPage:
    made = MidiPage(adapter, REPORT)
    qtbot.addWidget(made)
    made.show()
    return made


def choose(page: MidiPage, action: str) -> None:
    page.action.setCurrentIndex(page.action.findData(action))


def test_every_action_of_a_binding_can_be_taught() -> None:
    assert set(ACTIONS) == set(actions.ACTIONS)


def test_the_report_is_shown(page: MidiPage) -> None:
    assert page.state.text() == "Listening to Pads."
    assert page.clock.text() == "Clock: following the clock (97.6 BPM)."
    assert [page.bindings.item(row).text() for row in range(page.bindings.count())] == ["note 36 → generate"]
    assert not page.problem.isVisible()
    assert page.learn.isEnabled()


def test_a_later_report_replaces_it(page: MidiPage, handle: FakeHandle, qtbot: QtBot) -> None:
    handle.tell(MidiReport("No MIDI.", False, problem="midi.toml, line 3"))
    qtbot.waitUntil(lambda: page.state.text() == "No MIDI.")
    assert page.state.property("role") == "warn"
    assert page.clock.text() == "Clock: no clock has been heard."
    assert page.problem.isVisible()
    assert page.bindings.count() == 0
    assert not page.learn.isEnabled()


@pytest.mark.parametrize(
    ("action", "bars", "parameter"), [("generate", True, False), ("set", False, True), ("cancel", False, False)]
)
def test_an_action_shows_only_its_own_field(page: MidiPage, action: str, bars: bool, parameter: bool) -> None:
    choose(page, action)
    assert (page.bars.isVisible(), page.parameter.isVisible()) == (bars, parameter)


def test_learning_asks_for_the_chosen_action_with_its_value(page: MidiPage, handle: FakeHandle) -> None:
    choose(page, "generate")
    page.learn.click()
    page.learn.click()
    page.bars.setValue(8)
    page.learn.click()
    page.learn.click()
    choose(page, "set")
    page.parameter.setCurrentIndex(page.parameter.findData("cfg"))
    page.learn.click()
    assert handle.called("learn") == [["generate", {}], ["generate", {"bars": 8}], ["set", {"parameter": "cfg"}]]
    assert page.learned.text() == PRESS
    assert page.learn.text() == "Cancel"


def test_what_was_learned_is_said(page: MidiPage, handle: FakeHandle, qtbot: QtBot) -> None:
    handle.answers["learn"] = "note 38, channel 10 → cancel"
    page.learn.click()
    qtbot.waitUntil(lambda: page.learned.text() == "Learned: note 38, channel 10 → cancel")
    assert page.learned.property("role") == "good"
    assert page.learn.text() == "Learn"


def test_what_cannot_be_learned_is_said_on_the_page(page: MidiPage, handle: FakeHandle, qtbot: QtBot) -> None:
    handle.answers["learn"] = InvalidValue("bars", 0, "1–512")
    page.learn.click()
    qtbot.waitUntil(lambda: page.learned.text() == "bars must be 1–512, not 0.")
    assert page.learned.property("role") == "bad"


def test_a_second_click_gives_up(page: MidiPage, handle: FakeHandle) -> None:
    page.learn.click()
    waiting = handle.futures["learn"]
    page.learn.click()
    assert waiting.cancelled()
    assert handle.called("stop_learning") == [[]]
    assert page.learned.text() == "Nothing was learned."


def test_a_page_that_is_closed_waits_for_no_pad(page: MidiPage, handle: FakeHandle) -> None:
    page.learn.click()
    page.reject()
    assert handle.futures["learn"].cancelled()
    assert handle.called("stop_learning") == [[]]


def test_closing_without_learning_stops_nothing(page: MidiPage, handle: FakeHandle) -> None:
    page.reject()
    assert handle.calls == []


def test_the_users_map_is_opened_or_named(
    page: MidiPage, monkeypatch: pytest.MonkeyPatch, handle: FakeHandle
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(opened.append(url)))
    page._open_map()
    path = handle.options.folders.midi_map
    assert opened == [QUrl.fromLocalFile(str(path))]
    assert page.learned.text() == f"No program opened it; the map is {path}."


def test_a_clock_without_a_tempo_has_no_brackets(page: MidiPage) -> None:
    page.show_report(replace(REPORT, tempo_bpm=None, clock=ClockState.FINDING))
    assert page.clock.text() == "Clock: listening to the clock."
