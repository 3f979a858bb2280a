"""Conditions, edges and learning."""

from __future__ import annotations

import pytest

from bridge.doors.midi.bindings import Matcher
from bridge.doors.midi.map_format import read_binding
from bridge.doors.midi.messages import MidiEvent, MidiKind
from tests.helpers.midi_events import bend, cc, note


def fired(table: dict[str, object], *events: MidiEvent, port: str = "pads", step_s: float = 1.0) -> list[bool]:
    """Tell which of `events`, `step_s` apart, trigger a binding."""
    matcher = Matcher([read_binding({"action": "cancel", **table})])
    return [bool(list(matcher.triggered(event, port, number * step_s))) for number, event in enumerate(events)]


@pytest.mark.parametrize(
    ("table", "event", "fires"),
    [
        ({"note": 60}, note(), True),
        ({"note": 60}, note(61), False),
        ({"note": 60}, MidiEvent(MidiKind.NOTE_OFF, 1, 60), False),
        ({"note": 60, "channel": 10}, note(), False),
        ({"note": 60, "channel": 10}, note(channel=10), True),
        ({"note": 60, "velocity": [101, 127]}, note(), False),
        ({"note": 60, "velocity": [100, 127]}, note(), True),
        ({"note": 60, "port": "pad"}, note(), True),
        ({"note": 60, "port": "keys"}, note(), False),
        ({"program": 3}, MidiEvent(MidiKind.PROGRAM, 1, 3), True),
        ({"mmc": "record strobe"}, MidiEvent(MidiKind.MMC, 0, 6), True),
        ({"song_position": 64}, MidiEvent(MidiKind.SONG_POSITION, 0, 64), True),
    ],
)
def test_conditions_decide(table: dict[str, object], event: MidiEvent, fires: bool) -> None:
    assert fired(table, event) == [fires]


def test_a_binding_does_not_trigger_again_while_it_bounces() -> None:
    assert fired({"note": 60, "debounce_ms": 150}, *[note()] * 4, step_s=0.1) == [True, False, True, False]


def test_a_switch_fires_when_it_goes_on_not_while_it_is() -> None:
    assert fired({"cc": 64}, *map(cc, (127, 127, 0, 63, 64))) == [True, False, False, False, True]


def test_a_bend_fires_past_its_threshold_and_again_after_it_went_back() -> None:
    assert fired({"bend": 0.5}, *map(bend, (4000, 4096, 8191, 4000, 4096, 0, 5000))) == [
        False, True, False, False, False, False, True,
    ]  # fmt: skip
    assert fired({"bend": -1}, bend(-8192)) == [True]
    assert fired({"bend": 1}, bend(8191)) == [True]


@pytest.mark.parametrize(
    ("table", "event", "value"),
    [
        ({"parameter": "cfg", "range": [1, 15], "cc": 64}, cc(127), 15),
        ({"parameter": "cfg", "range": [15, 1], "cc": 64}, cc(127), 1),
        ({"parameter": "steps", "cc": 64}, cc(64), 76),
        ({"parameter": "cfg", "bend": 0.5}, bend(-8192), 1),
        ({"parameter": "cfg", "bend": 0.5}, bend(8191), 15),
    ],
)
def test_a_controller_sets_a_parameter_over_its_range(
    table: dict[str, object], event: MidiEvent, value: float
) -> None:
    matcher = Matcher([read_binding({"action": "set", **table})])
    assert [one.value for one in matcher.triggered(event, "knobs", 0.0)] == [value]
