"""Real ports under JACK, and a machine without any MIDI."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from bridge.doors.midi import ports as ports_module
from bridge.doors.midi.backends.interface import MidiUnavailable
from bridge.doors.midi.map_format import MidiMap
from bridge.doors.midi.ports import Ports
from tests.helpers.jack_server import jack_controller, jack_output, jack_server

OURS = "Stem Bridge:Stem Bridge"
FLOOD = 10_000
LAST = bytes([0x91, 1, 1])


class Received:
    """The calls of a port's listener; `ended` is set by `LAST`."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes, float]] = []
        self.ended = threading.Event()

    def __call__(self, port: str, data: Sequence[int], at_s: float) -> None:
        self.messages.append((port, bytes(data), at_s))
        if bytes(data) == LAST:
            self.ended.set()


@pytest.mark.usefixtures("no_midi")
@pytest.mark.parametrize(
    ("system", "words"), [("auto", "and no JACK server runs"), ("alsa", "snd-seq"), ("jack", "no JACK server runs")]
)
def test_a_machine_without_midi_is_a_state_in_words(system: str, words: str) -> None:
    ports = Ports(Received())
    assert ports.rescan(MidiMap(system=system))
    assert not ports.rescan(MidiMap(system=system))  # nothing has changed
    assert ports.state.startswith("MIDI is not available: ")
    assert words in ports.state
    ports.send([0x90, 1, 1])
    ports.close()
    ports.close()


def test_a_flood_of_ten_thousand_notes_a_second_arrives_whole_and_in_order() -> None:
    received = Received()
    with jack_server():
        ports = Ports(received)
        ports.rescan(MidiMap(inputs=()))
        assert ports.state == "Listening to Stem Bridge."
        sender = jack_output("flood", OURS)
        pace = threading.Event()
        for number in range(FLOOD):
            sender.send_message([0x90, number % 128, 1 + number // 128])
            if number % 100 == 99:
                pace.wait(0.01)  # not faster than JACK's own buffer empties
        sender.send_message(list(LAST))
        assert received.ended.wait(120)
        sender.delete()
        ports.close()
    notes = [data for _, data, _ in received.messages[:-1]]
    assert notes == [bytes([0x90, number % 128, 1 + number // 128]) for number in range(FLOOD)]
    times = [at_s for _, _, at_s in received.messages]
    assert times == sorted(times)


def test_ports_come_and_go_without_a_restart() -> None:
    with jack_server():
        ports = Ports(Received())
        wanted = MidiMap(inputs=("nano",), virtual_port=False)
        assert not ports.rescan(wanted)
        assert ports.state == "No MIDI port is open."
        for _ in range(2):
            controller = jack_controller("nano", "pads")
            assert ports.rescan(wanted)
            assert ports.inputs == ["nano:pads"]
            controller.delete()
            assert ports.rescan(wanted)
            assert ports.inputs == []
        ports.close()
        assert not ports.rescan(wanted)  # closed is closed


class FakeRtMidi:
    """The MIDI library of a machine with these ports; `busy` ones cannot be opened."""

    class Port:
        def __init__(self, system: FakeRtMidi, is_input: bool) -> None:
            self._system, self._is_input = system, is_input
            self.sent: list[list[int]] = []

        def get_ports(self) -> list[str]:
            return list(self._system.inputs if self._is_input else self._system.outputs)

        def ignore_types(self, **_: bool) -> None: ...

        def get_message(self) -> None: ...

        def open_virtual_port(self, name: str) -> None:
            self._open(name)

        def open_port(self, number: int, _: str) -> None:
            self._open(self.get_ports()[number])

        def _open(self, name: str) -> None:
            if name in self._system.busy:
                raise OSError("device or resource busy")
            self._system.opened[name, self._is_input] = self

        def send_message(self, message: list[int]) -> None:
            self.sent.append(message)

        def close_port(self) -> None: ...

        def delete(self) -> None:
            self._system.opened = {key: port for key, port in self._system.opened.items() if port is not self}

    def __init__(self) -> None:
        self.inputs: list[str] = []
        self.outputs: list[str] = []
        self.busy: set[str] = set()
        self.opened: dict[tuple[str, bool], FakeRtMidi.Port] = {}

    def MidiIn(self, *_: object) -> FakeRtMidi.Port:  # noqa: N802
        return self.Port(self, True)

    def MidiOut(self, *_: object) -> FakeRtMidi.Port:  # noqa: N802
        return self.Port(self, False)


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> FakeRtMidi:
    fake = FakeRtMidi()
    monkeypatch.setattr(ports_module, "midi_api", lambda _: (fake, 1))
    monkeypatch.setattr(ports_module.sys, "platform", "linux")
    return fake


def test_ports_that_match_are_opened_and_closed_as_they_come_and_go(system: FakeRtMidi) -> None:
    ports = Ports(Received())
    midi_map = MidiMap(inputs=("Launch*",), outputs=("launchpad",))
    assert ports.rescan(midi_map)
    assert (ports.inputs, ports.outputs) == (["Stem Bridge"], ["Stem Bridge"])
    system.inputs = ["Keystation", "Launchpad"]
    system.outputs = ["Launchpad"]
    assert ports.rescan(midi_map)
    assert ports.inputs == ["Launchpad", "Stem Bridge"], "ours is the last"
    assert ports.state == "Listening to Launchpad, Stem Bridge."
    assert not ports.rescan(midi_map), "nothing has changed"
    ports.send([0x90, 1, 127])
    assert system.opened["Launchpad", False].sent == [[0x90, 1, 127]]
    system.inputs, system.outputs = [], []
    assert ports.rescan(midi_map)
    assert ("Launchpad", True) not in system.opened
    ports.close()
    assert system.opened == {}


def test_a_busy_port_is_retried_at_the_next_scan(system: FakeRtMidi, caplog: pytest.LogCaptureFixture) -> None:
    system.inputs, system.busy = ["Launchpad"], {"Launchpad"}
    ports = Ports(Received())
    midi_map = MidiMap(inputs=("*",), virtual_port=False)
    with caplog.at_level("INFO", logger="stembridge.midi"):
        assert not ports.rescan(midi_map)
    assert "the MIDI port Launchpad cannot be opened: device or resource busy" in caplog.text
    system.busy = set()
    assert ports.rescan(midi_map)
    assert ports.inputs == ["Launchpad"]
    ports.close()


def test_midi_that_goes_away_closes_everything_and_comes_back(
    system: FakeRtMidi, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = Ports(Received())
    ports.rescan(MidiMap())

    def unavailable(_: str) -> None:
        raise MidiUnavailable("MIDI is not available: no JACK server runs.")

    with monkeypatch.context() as gone:
        gone.setattr(ports_module, "midi_api", unavailable)
        assert ports.rescan(MidiMap())
    assert (ports.state, ports.inputs) == ("MIDI is not available: no JACK server runs.", [])
    assert ports.available_inputs == []
    assert ports.rescan(MidiMap())
    assert ports.state == "Listening to Stem Bridge."
    ports.close()
