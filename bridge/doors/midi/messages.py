"""MIDI bytes to events: running status, real-time bytes inside other messages, SysEx of any length, lost bytes.

The standard: MIDI 1.0 Detailed Specification 4.2; machine control (MMC) is its recommended practice RP-013.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

MAX_SYSEX_BYTES = 64
"""The longest MMC command that means anything here has 13 bytes; of longer messages nothing is kept."""
BEND_CENTRE = 8192
_SYSEX, _SYSEX_END = 0xF0, 0xF7
_DATA_BYTES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2, 0xF1: 1, 0xF2: 2, 0xF3: 1}


class Kind(StrEnum):
    """What an event is."""

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
_REAL_TIME = {0xF8: Kind.CLOCK, 0xFA: Kind.START, 0xFB: Kind.CONTINUE, 0xFC: Kind.STOP}


@dataclass(frozen=True, slots=True)
class Event:
    """One message that can mean something here.

    Attributes:
        kind: what it is.
        channel: 1–16 as on the controller's display; 0 where the message has none.
        number: note, controller, program (0–127), MMC command, or song position in sixteenth notes.
        value: velocity or controller value (0–127), pitch bend (−8192–8191).
    """

    kind: Kind
    channel: int = 0
    number: int = 0
    value: int = 0


class Reader:
    """Reads the byte stream of one port; what is cut off or unknown is passed over, what follows it is not."""

    def __init__(self) -> None:
        self._status = 0
        self._data: list[int] = []

    def feed(self, data: Iterable[int]) -> Iterator[Event]:
        """Yield the events that `data` completes."""
        for byte in data:
            event = self._take(byte)
            if event is not None:
                yield event

    def _take(self, byte: int) -> Event | None:
        if byte >= 0xF8:  # real time: may stand anywhere, and disturbs nothing
            kind = _REAL_TIME.get(byte)
            return Event(kind) if kind else None
        if byte >= 0x80:
            return self._begin(byte)
        if self._status == _SYSEX:
            if len(self._data) <= MAX_SYSEX_BYTES:
                self._data.append(byte)
            return None
        return self._add(byte)

    def _begin(self, status: int) -> Event | None:
        """Take a status byte; one that ends a SysEx may complete a command."""
        event = _machine_control(self._data) if self._status == _SYSEX and status == _SYSEX_END else None
        known = status == _SYSEX or _length(status) > 0
        self._status, self._data = status if known else 0, []
        return event

    def _add(self, byte: int) -> Event | None:
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
    """Return how many data bytes follow a status byte; 0 if it is none that is known."""
    return _DATA_BYTES.get(status if status >= 0xF0 else status & 0xF0, 0)


def _event(status: int, data: list[int]) -> Event | None:
    channel, first = (status & 0x0F) + 1, data[0]
    match status if status >= 0xF0 else status & 0xF0:
        case 0x90 if data[1]:
            return Event(Kind.NOTE, channel, first, data[1])
        case 0x80 | 0x90:
            return Event(Kind.NOTE_OFF, channel, first)
        case 0xB0:
            return Event(Kind.CC, channel, first, data[1])
        case 0xC0:
            return Event(Kind.PROGRAM, channel, first)
        case 0xE0:
            return Event(Kind.BEND, channel, 0, first + 128 * data[1] - BEND_CENTRE)
        case 0xF2:
            return Event(Kind.SONG_POSITION, 0, first + 128 * data[1])
    return None


def _machine_control(data: list[int]) -> Event | None:
    """Return the MMC command in a SysEx message's data: 7F, device, 06, command."""
    if len(data) >= 4 and data[0] == 0x7F and data[2] == 0x06 and data[3] in MMC_COMMANDS:
        return Event(Kind.MMC, 0, data[3])
    return None
