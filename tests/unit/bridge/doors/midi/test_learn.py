"""MIDI learn: moves of controls become bindings, and nothing else does."""

from __future__ import annotations

import pytest

from bridge.doors.midi.bindings import Matcher
from bridge.doors.midi.learn import Learner, learned, stable_name
from bridge.doors.midi.map_format import read_binding
from bridge.doors.midi.messages import MidiEvent, MidiKind
from tests.helpers.midi_events import bend, cc, note


@pytest.mark.parametrize(
    ("event", "action", "source"),
    [
        (note(), "generate", {"note": 60, "channel": 1}),
        (cc(127), "cancel", {"cc": 64, "channel": 1}),
        (cc(3), "set", {"cc": 64, "channel": 1}),
        (bend(-5000), "cancel", {"bend": -0.5}),
        (MidiEvent(MidiKind.MMC, 0, 6), "generate", {"mmc": "record strobe"}),
    ],
)
def test_what_was_moved_is_learned_and_triggers_from_then_on(
    event: MidiEvent, action: str, source: dict[str, object]
) -> None:
    table = learned(event, "Launchpad Mini 20:0", action)
    assert table is not None
    assert source.items() <= table.items()
    assert table["port"] == "Launchpad Mini"
    if action == "set":
        table["parameter"] = "cfg"
    assert list(Matcher([read_binding(table)]).triggered(event, "Launchpad Mini 24:0", 0.0))


@pytest.mark.parametrize("event", [MidiEvent(MidiKind.CLOCK), MidiEvent(MidiKind.NOTE_OFF, 1, 60), cc(3), bend(100)])
def test_letting_go_and_clocks_are_not_learned(event: MidiEvent) -> None:
    assert learned(event, "pads", "generate") is None


def test_a_learner_takes_the_first_move_and_ignores_the_rest() -> None:
    found: list[dict[str, object]] = []
    learner = Learner("generate", {"bars": 8}, found.append)
    assert not learner.take("pads", [0xF8, 0x80, 60, 0, 0xB0, 20, 3])
    assert learner.take("pads", [0x90, 36]) is False, "half a message"
    assert learner.take("pads", [100])
    assert found == [
        {"action": "generate", "note": 36, "port": "pads", "channel": 1, "debounce_ms": 150, "bars": 8},
    ]


def test_a_learner_keeps_ports_apart() -> None:
    found: list[dict[str, object]] = []
    learner = Learner("cancel", {}, found.append)
    assert not learner.take("one", [0x90, 36])
    assert not learner.take("other", [100]), "the other port's byte does not complete it"
    assert found == []


@pytest.mark.parametrize(
    ("port", "name"),
    [
        ("Launchpad Mini 20:0", "Launchpad Mini"),
        ("nanoKONTROL2:nanoKONTROL2 MIDI 1 28:0", "nanoKONTROL2:nanoKONTROL2 MIDI 1"),
        ("a2j:Keystation [20] (capture)", "a2j:Keystation [20] (capture)"),
        ("Deck 4", "Deck 4"),
    ],
)
def test_a_name_loses_only_the_numbers_of_alsa(port: str, name: str) -> None:
    assert stable_name(port) == name


def test_a_knob_is_not_debounced() -> None:
    table = learned(cc(1), "knobs", "set")
    assert table == {"action": "set", "cc": 64, "port": "knobs", "channel": 1}
