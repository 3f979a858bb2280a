"""A program that plays MIDI to itself through one backend and JACK, and prints what it received as JSON.

A process of its own, for each backend has an RtMidi or libremidi of its own, and some end their process on an error.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module

from bridge.doors.midi.backends.interface import MidiInput, MidiLibrary, MidiOutput
from bridge.doors.midi.backends.jack_socket import prefer_system_libjack
from tests.helpers.waiting import poll, wait_until

NOTES = 64
SYSEX = [0xF0, *([1] * 300), 0xF7]
CLOCK, START, SENSING = [0xF8], [0xFA], [0xFE]
FIRST, LAST = [0x80, 1, 1], [0x80, 2, 2]
WAIT_S = 30.0


def main(name: str) -> None:
    """Play through the backend in `bridge.doors.midi.backends.NAME`."""
    prefer_system_libjack()
    backend = import_module(f"bridge.doors.midi.backends.{name}").load()
    library = backend.library
    receiver = library.MidiIn(library.API_UNIX_JACK, "Stem Bridge", 16_384)
    receiver.ignore_types(sysex=False, timing=False, active_sense=True)
    receiver.open_virtual_port("Stem Bridge")
    sender = library.MidiOut(library.API_UNIX_JACK, "pads")
    index = next(index for index, port in enumerate(sender.get_ports()) if "Stem Bridge" in port)
    sender.open_port(index, "out")
    _connect(receiver, sender)
    sent = [[0x90, number, 100] for number in range(NOTES)]
    received = _round_trip(receiver, sender, [*sent, CLOCK, SYSEX, SENSING, START])
    told = {
        "label": backend.label,
        "systems": backend.systems,
        "received": [data for data, _ in received],
        "since_last_s": [since_s for _, since_s in received],
        "hot_plug": _hot_plug(library),
        "error": _error(library),
    }
    for port in (sender, receiver):
        port.close_port()
        port.delete()
    print(json.dumps(told))


def _connect(receiver: MidiInput, sender: MidiOutput) -> None:
    """Send a note until it arrives: libremidi's JACK ports lose what is sent before the next period."""
    wait_until(lambda: sender.send_message(FIRST) or receiver.get_message(), "the first note", WAIT_S)
    sender.send_message(LAST)
    wait_until(lambda: (receiver.get_message() or ([], 0.0))[0] == LAST, "the last of the first notes", WAIT_S)


def _round_trip(receiver: MidiInput, sender: MidiOutput, messages: list[list[int]]) -> list[tuple[list[int], float]]:
    """Send all messages, and return what has come until the last one is there."""
    for message in messages:
        sender.send_message(message)
    received: list[tuple[list[int], float]] = []

    def all_there() -> bool:
        if message_and_time := receiver.get_message():
            received.append(message_and_time)
        return bool(received) and received[-1][0] == messages[-1]

    wait_until(all_there, "the last message", WAIT_S)
    return received


def _hot_plug(library: MidiLibrary) -> list[bool]:
    """Return whether a controller is seen before it comes, while it is there, and after it has gone."""
    scanner = library.MidiIn(library.API_UNIX_JACK, "look", 16)
    seen = [_sees(scanner, False)]
    controller = library.MidiOut(library.API_UNIX_JACK, "nano")
    controller.open_virtual_port("brandnew")
    seen.append(_sees(scanner, True))
    controller.close_port()
    controller.delete()
    del controller
    seen.append(_sees(scanner, False))
    scanner.delete()
    return seen


def _sees(scanner: MidiInput, wanted: bool) -> bool:
    def seen() -> bool:
        return any("brandnew" in port for port in scanner.get_ports())

    poll(lambda: seen() == wanted, WAIT_S)
    return seen()


def _error(library: MidiLibrary) -> str:
    """Return the error of opening a port that is not there."""
    client = library.MidiOut(library.API_UNIX_JACK, "late")
    try:
        client.open_port(1000, "none")
    except OSError as error:
        return type(error).__name__
    finally:
        client.delete()
    return ""


if __name__ == "__main__":
    main(sys.argv[1])
