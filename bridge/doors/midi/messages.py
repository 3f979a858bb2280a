"""Decodes MIDI bytes: running status, real-time bytes inside other messages, SysEx of any length, lost bytes.

The standard: MIDI 1.0 Detailed Specification 4.2; machine control (MMC) is its recommended practice RP-013.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

MAX_SYSEX_BYTES = 64
"""The longest MMC command in use has 13 bytes; longer messages are discarded."""
BEND_CENTRE = 8192
_SYSEX, _SYSEX_END = 0xF0, 0xF7
_DATA_BYTES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2, 0xF1: 1, 0xF2: 2, 0xF3: 1}


class MidiKind(StrEnum):
    """The kinds of MIDI message that are used; also the names of their keys in a MIDI map."""

    NOTE = "note"
    NOTE_OFF = "note off"
    CC = "cc"
    PROGRAM = "program"
    BEND = "bend"
    MMC = "mmc"
    SONG_POSITION = "song_position"
    CLOCK = "clock"
    START = "start"
    CONTINUE = "continue"
    STOP = "stop"


MMC_COMMANDS = {
    1: "stop",
    2: "play",
    3: "deferred play",
    4: "fast forward",
    5: "rewind",
    6: "record strobe",
    7: "record exit",
    8: "record pause",
    9: "pause",
}
_REAL_TIME = {0xF8: MidiKind.CLOCK, 0xFA: MidiKind.START, 0xFB: MidiKind.CONTINUE, 0xFC: MidiKind.STOP}


@dataclass(frozen=True, slots=True)
class MidiEvent:
    """One decoded MIDI message.

    Attributes:
        kind: the kind of message.
        channel: 1–16 as on the controller's display; 0 where the message has none.
        number: note, controller, program (0–127), MMC command, or song position in sixteenth notes.
        value: velocity or controller value (0–127), pitch bend (−8192–8191).
    """

    kind: MidiKind
    channel: int = 0
    number: int = 0
    value: int = 0


class MidiReader:
    """Decodes the byte stream of one port; skips messages that are cut off or unknown, but not those after them."""

    def __init__(self) -> None:
        self._status = 0
        self._data: list[int] = []

    def feed(self, data: Iterable[int]) -> Iterator[MidiEvent]:
        """Yield the events that `data` completes."""
        for byte in data:
            event = self._take(byte)
            if event is not None:
                yield event

    def _take(self, byte: int) -> MidiEvent | None:
        if byte >= 0xF8:  # real time: allowed anywhere, and leaves other messages as they are
            kind = _REAL_TIME.get(byte)
            return MidiEvent(kind) if kind else None
        if byte >= 0x80:
            return self._begin(byte)
        if self._status == _SYSEX:
            if len(self._data) <= MAX_SYSEX_BYTES:
                self._data.append(byte)
            return None
        return self._add(byte)

    def _begin(self, status: int) -> MidiEvent | None:
        """Take a status byte; one that ends a SysEx may complete a command."""
        event = _machine_control(self._data) if self._status == _SYSEX and status == _SYSEX_END else None
        known = status == _SYSEX or _length(status) > 0
        self._status, self._data = status if known else 0, []
        return event

    def _add(self, byte: int) -> MidiEvent | None:
        if not self._status:
            return None
        self._data.append(byte)
        if len(self._data) < _length(self._status):
            return None
        status, data, self._data = self._status, self._data, []
        if status >= 0xF0:
            self._status = 0  # running status is for channel messages alone
        return _event(status, data)


def _length(status: int) -> int:
    """Return the number of data bytes that follow a status byte, 0 if it is unknown."""
    return _DATA_BYTES.get(status if status >= 0xF0 else status & 0xF0, 0)


def _event(status: int, data: list[int]) -> MidiEvent | None:
    channel, first = (status & 0x0F) + 1, data[0]
    match status if status >= 0xF0 else status & 0xF0:
        case 0x90 if data[1]:
            return MidiEvent(MidiKind.NOTE, channel, first, data[1])
        case 0x80 | 0x90:
            return MidiEvent(MidiKind.NOTE_OFF, channel, first)
        case 0xB0:
            return MidiEvent(MidiKind.CC, channel, first, data[1])
        case 0xC0:
            return MidiEvent(MidiKind.PROGRAM, channel, first)
        case 0xE0:
            return MidiEvent(MidiKind.BEND, channel, 0, first + 128 * data[1] - BEND_CENTRE)
        case 0xF2:
            return MidiEvent(MidiKind.SONG_POSITION, 0, first + 128 * data[1])
    return None


def _machine_control(data: list[int]) -> MidiEvent | None:
    """Return the MMC command in the data of a SysEx message (7F, device, 06, command), None if it is another."""
    if len(data) >= 4 and data[0] == 0x7F and data[2] == 0x06 and data[3] in MMC_COMMANDS:
        return MidiEvent(MidiKind.MMC, 0, data[3])
    return None
