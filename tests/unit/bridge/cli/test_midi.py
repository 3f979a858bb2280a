"""`stembridge midi`: ports, incoming messages and learning, over ports in memory."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bridge.cli import midi
from bridge.cli.main import main
from bridge.doors.midi.map_format import MidiMap
from bridge.home.folders import Folders

PAD = (0x99, 36, 100)
CLOCK = (0xF8,)


class FakePorts:
    """Ports of one program: what a test lets come in arrives at the first look for ports."""

    incoming: Sequence[tuple[str, Sequence[int]]] = ()
    trouble = ""
    made: list[FakePorts]

    def __init__(self, listener: Callable[[str, Sequence[int], float], None]) -> None:
        self._listener = listener
        self.available_inputs, self.available_outputs = ["Pads 20:0", "Keys 24:0"], ["Pads 20:0"]
        self.state = "Listening to Pads 20:0."
        self.maps: list[MidiMap] = []
        self.is_closed = False
        FakePorts.made.append(self)

    def rescan(self, wanted: MidiMap) -> None:
        if not self.maps:
            for port, data in FakePorts.incoming:
                self._listener(port, data, 0.0)
        self.maps.append(wanted)

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture(autouse=True)
def ports(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> type[FakePorts]:
    monkeypatch.setattr(midi, "Ports", FakePorts)
    monkeypatch.setattr(FakePorts, "incoming", ())
    monkeypatch.setattr(FakePorts, "trouble", "")
    monkeypatch.setattr(FakePorts, "made", [], raising=False)
    return FakePorts


def test_ports_are_listed_without_listening_to_any(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["midi", "ports"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "MIDI is available.",
        "input   Pads 20:0",
        "input   Keys 24:0",
        "output  Pads 20:0",
    ]
    (made,) = FakePorts.made
    (wanted,) = made.maps
    assert (wanted.inputs, wanted.outputs, wanted.virtual_port, made.is_closed) == ((), (), False, True)


def test_a_machine_without_midi_is_an_answer_of_ports_and_an_error_of_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(FakePorts, "trouble", "MIDI is not available.")
    assert main(["midi", "ports", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["state"], document["outputs"]) == ("MIDI is not available.", ["Pads 20:0"])
    for arguments in (["monitor"], ["learn", "generate"]):
        assert main(["midi", *arguments]) == 1
        assert capsys.readouterr().err == "stembridge: MIDI is not available.\n"
    assert all(made.is_closed for made in FakePorts.made)


def test_the_monitor_shows_messages_but_no_clock_and_ends_after_the_count(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    incoming = [("Pads 20:0", PAD), ("Pads 20:0", CLOCK), ("Keys 24:0", (0xB0, 64, 127)), ("Pads 20:0", PAD)]
    monkeypatch.setattr(FakePorts, "incoming", incoming)
    assert main(["midi", "monitor", "--count", "2"]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        f"{'Pads 20:0':30} note          channel 10    36    100",
        f"{'Keys 24:0':30} cc            channel 1     64    127",
    ]
    assert told.err == "Listening to Pads 20:0.\n"
    (made,) = FakePorts.made
    assert (made.maps[0].inputs, made.is_closed) == (("*",), True)


def test_the_monitor_in_json_has_a_document_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(FakePorts, "incoming", [("Pads 20:0", (0xE0, 0, 0)), ("Pads 20:0", (0xFA,))])
    assert main(["midi", "monitor", "--count", "2", "--json"]) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"port": "Pads 20:0", "kind": "bend", "channel": 1, "number": 0, "value": -8192},
        {"port": "Pads 20:0", "kind": "start", "channel": 0, "number": 0, "value": 0},
    ]


def test_bytes_of_two_ports_are_not_mixed_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    halves = [("a", (0x90, 36)), ("b", (0x91, 40)), ("a", (100,)), ("b", (90,))]
    monkeypatch.setattr(FakePorts, "incoming", halves)
    assert main(["midi", "monitor", "--count", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines] == [
        ["a", "note", "channel", "1", "36", "100"],
        ["b", "note", "channel", "2", "40", "90"],
    ]


def learned(folders: Folders) -> dict[str, Any]:
    (binding,) = tomllib.loads(folders.midi_map.read_text())["binding"]
    table: dict[str, Any] = binding
    return table


def test_a_pad_is_learned_into_the_users_map(
    folders: Folders, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(FakePorts, "incoming", [("Pads 20:0", CLOCK), ("Pads 20:0", PAD)])
    assert main(["midi", "learn", "generate", "--bars", "4", "--preset", "Fast Prototyping"]) == 0
    assert learned(folders) == {
        "action": "generate",
        "note": 36,
        "port": "Pads",
        "channel": 10,
        "debounce_ms": 150,
        "preset": "Fast Prototyping",
        "bars": 4.0,
    }
    told = capsys.readouterr()
    assert told.out == (f"note 36, channel 10 → generate preset=Fast Prototyping bars=4.0 ({folders.midi_map})\n")
    assert "Press the pad or switch for generate…" in told.err


def test_a_knob_is_learned_for_a_parameter(
    folders: Folders, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(FakePorts, "incoming", [("Pads 20:0", (0xB0, 21, 3))])
    assert main(["midi", "learn", "set", "--parameter", "cfg", "--json"]) == 0
    table = {"action": "set", "cc": 21, "port": "Pads", "channel": 1, "parameter": "cfg"}
    assert json.loads(capsys.readouterr().out) == {"file": str(folders.midi_map), "binding": table}
    assert learned(folders) == table


def test_nothing_pressed_in_time_is_1_and_changes_nothing(
    folders: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["midi", "learn", "generate", "--timeout", "0.01"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        "stembridge: nothing was pressed within 0.01 s; nothing was learned."
    )
    assert not folders.midi_map.exists()


def test_a_length_that_is_not_allowed_is_refused_before_anything_is_pressed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["midi", "learn", "generate", "--bars", "-1"]) == 2
    assert "bars" in capsys.readouterr().err
    assert FakePorts.made == []


def test_ports_are_looked_for_again_while_nothing_comes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(midi, "RESCAN_S", 0.001)
    assert main(["midi", "learn", "generate", "--timeout", "0.05"]) == 1
    (made,) = FakePorts.made
    assert len(made.maps) > 2
    assert made.is_closed
