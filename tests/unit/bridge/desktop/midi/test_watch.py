"""Messages about MIDI, from pairs of reports."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from bridge.desktop.midi.watch import MidiWatch
from bridge.doors.midi.clock import ClockState
from bridge.doors.midi.port_names import OWN_NAME
from bridge.doors.midi.status import MidiReport
from bridge.home.messages import Message, Messages

PADS = MidiReport("Listening to Pads.", True, ("Pads", OWN_NAME), clock=ClockState.FOLLOWING, tempo_bpm=97.6)


@pytest.fixture
def messages() -> list[Message]:
    return []


@pytest.fixture
def resolved() -> list[str]:
    return []


@pytest.fixture
def watch(qtbot: QtBot, messages: list[Message], resolved: list[str]) -> MidiWatch:
    road = Messages()
    road.subscribe(messages.append)
    made = MidiWatch(road)
    made.resolved.connect(resolved.append)
    made.receive(PADS)
    resolved.clear()
    return made


def texts(messages: list[Message]) -> list[str]:
    return [message.text for message in messages]


def test_before_the_first_report_midi_is_being_looked_for(qtbot: QtBot) -> None:
    report = MidiWatch(Messages()).report
    assert (report.state, report.available) == ("MIDI is being looked for.", False)


def test_the_same_report_again_says_nothing(watch: MidiWatch, messages: list[Message]) -> None:
    watch.receive(PADS)
    assert messages == []
    assert watch.report is PADS


def test_a_port_that_has_gone_is_a_warning_until_it_is_back(
    watch: MidiWatch, messages: list[Message], resolved: list[str]
) -> None:
    watch.receive(replace(PADS, inputs=(OWN_NAME,)))
    assert texts(messages) == ["The MIDI port “Pads” has gone; it is taken up again as soon as it is back."]
    assert (messages[0].level, messages[0].topic) == ("warning", "midi Pads")
    assert messages[0].action is not None
    assert messages[0].action.command == "midi"
    assert "midi Pads" not in resolved
    watch.receive(PADS)
    assert "midi Pads" in resolved
    assert len(messages) == 1


def test_our_own_port_may_go(watch: MidiWatch, messages: list[Message]) -> None:
    watch.receive(replace(PADS, inputs=("Pads",)))
    assert messages == []


def test_a_system_without_midi_is_one_warning_and_not_one_for_each_port(
    watch: MidiWatch, messages: list[Message], resolved: list[str]
) -> None:
    watch.receive(MidiReport("ALSA is gone.", False, clock=ClockState.FOLLOWING))
    assert texts(messages) == ["ALSA is gone. It is taken up again as soon as it is back."]
    assert messages[0].topic == "midi system"
    watch.receive(PADS)
    assert "midi system" in resolved


@pytest.mark.parametrize(("tempo_bpm", "tempo"), [(97.6, ", 97.6 BPM,"), (None, "")])
def test_a_clock_that_drops_out_says_the_tempo_that_holds(
    watch: MidiWatch, messages: list[Message], resolved: list[str], tempo_bpm: float | None, tempo: str
) -> None:
    holding = replace(PADS, clock=ClockState.HOLDING, tempo_bpm=tempo_bpm)
    watch.receive(holding)
    watch.receive(holding)
    assert texts(messages) == [f"The MIDI clock has dropped out; its last tempo{tempo} holds."]
    assert "midi clock" not in resolved
    watch.receive(PADS)
    assert "midi clock" in resolved


def test_a_broken_map_is_an_error_for_each_of_its_faults(
    watch: MidiWatch, messages: list[Message], resolved: list[str]
) -> None:
    for problem in ("line 1", "line 1", "line 2"):
        watch.receive(replace(PADS, problem=problem))
    assert texts(messages) == ["line 1", "line 2"]
    assert {message.level for message in messages} == {"error"}
    assert "midi map" not in resolved
    watch.receive(PADS)
    assert "midi map" in resolved


def test_every_report_brings_the_tempo(watch: MidiWatch, qtbot: QtBot) -> None:
    with qtbot.waitSignal(watch.tempo) as tempo:
        watch.receive(replace(PADS, tempo_bpm=None))
    assert tempo.args == [None]
