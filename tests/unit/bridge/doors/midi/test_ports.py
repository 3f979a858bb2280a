"""Real ports under JACK, and a machine without any MIDI."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from bridge.doors.midi import ports as ports_module
from bridge.doors.midi.clocks import Clocks
from bridge.doors.midi.door import MidiDoor
from bridge.doors.midi.map_format import MidiMap
from bridge.doors.midi.map_on_disk import MapOnDisk
from bridge.doors.midi.ports import Ports
from bridge.doors.midi.service import MidiService, SendMidi
from bridge.request.session_state import SessionState
from tests.helpers.door_bench import DoorBench
from tests.helpers.jack_server import jack_output, jack_server

OURS = "Stem Bridge:Stem Bridge"
FLOOD = 10_000
LAST = bytes([0x91, 1, 1])


class Heard:
    """What a port's listener was told, with the moment it heard `LAST`."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes, float]] = []
        self.ended = threading.Event()

    def __call__(self, port: str, data: Sequence[int], at_s: float) -> None:
        self.messages.append((port, bytes(data), at_s))
        if bytes(data) == LAST:
            self.ended.set()


@pytest.fixture
def no_midi(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "no such server")
    monkeypatch.setattr(ports_module.sys, "platform", "linux")
    if Path("/dev/snd/seq").exists():
        pytest.skip("this machine has ALSA's sequencer")


@pytest.mark.usefixtures("no_midi")
@pytest.mark.parametrize(
    ("system", "words"), [("auto", "and no JACK server runs"), ("alsa", "snd-seq"), ("jack", "no JACK server runs")]
)
def test_a_machine_without_midi_is_a_state_in_words(system: str, words: str) -> None:
    ports = Ports(Heard())
    assert ports.rescan(MidiMap(system=system))
    assert not ports.rescan(MidiMap(system=system))  # nothing new, nothing to tell
    assert ports.state.startswith("MIDI is not available: ")
    assert words in ports.state
    ports.send([0x90, 1, 1])
    ports.close()
    ports.close()


def test_a_flood_of_ten_thousand_notes_a_second_arrives_whole_and_in_order() -> None:
    heard = Heard()
    with jack_server():
        ports = Ports(heard)
        ports.rescan(MidiMap(inputs=()))
        assert ports.state == "Listening to Stem Bridge."
        sender = jack_output("flood", OURS)
        pace = threading.Event()
        for number in range(FLOOD):
            sender.send_message([0x90, number % 128, 1 + number // 128])
            if number % 100 == 99:
                pace.wait(0.01)  # not faster than JACK's own buffer empties
        sender.send_message(list(LAST))
        assert heard.ended.wait(60)
        sender.delete()
        ports.close()
    notes = [data for _, data, _ in heard.messages[:-1]]
    assert notes == [bytes([0x90, number % 128, 1 + number // 128]) for number in range(FLOOD)]
    times = [at_s for _, _, at_s in heard.messages]
    assert times == sorted(times)


def test_ports_come_and_go_without_a_restart() -> None:
    import rtmidi

    with jack_server():
        ports = Ports(Heard())
        wanted = MidiMap(inputs=("nano",), virtual_port=False)
        assert not ports.rescan(wanted)
        assert ports.state == "No MIDI port is open."
        for _ in range(2):
            controller = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "nano")
            controller.open_virtual_port("pads")
            assert ports.rescan(wanted)
            assert ports.inputs == ["nano:pads"]
            controller.delete()
            assert ports.rescan(wanted)
            assert ports.inputs == []
        ports.close()
        assert not ports.rescan(wanted)  # closed is closed


def quiet_door(folder: Path, send: SendMidi) -> MidiDoor:
    bench = DoorBench(folder)
    bench.close()
    return MidiDoor(bench.desk, bench.queue, bench.daws, bench.bus, SessionState, send, lambda: None, Clocks())


@pytest.mark.usefixtures("no_midi")
def test_the_service_lives_without_midi_and_says_what_is_wrong_with_the_map(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "midi.toml").write_text("speed = 1", encoding="utf-8")

    async def serve() -> None:
        service = MidiService(MapOnDisk(tmp_path / "midi.toml"), lambda send: quiet_door(tmp_path, send))
        running = asyncio.create_task(service.run())
        while not service.ports.trouble:
            await asyncio.sleep(0.01)
        running.cancel()
        await service.stop()

    asyncio.run(serve())
    assert "a setting must be one of inputs" in caplog.text
