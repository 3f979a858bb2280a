"""The interface of a MIDI library: as much of python-rtmidi's as the ports use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.errors import StemBridgeError


class MidiUnavailable(StemBridgeError):
    """MIDI is not available; the sentence says why."""


class MidiPort(Protocol):
    """One client of the MIDI system, with at most one open port. A call that fails raises OSError."""

    def get_ports(self) -> list[str]:
        """Return the names of the ports that this one can be connected to."""

    def open_port(self, index: int, name: str) -> None:
        """Connect to a port of `get_ports`, as `name`."""

    def open_virtual_port(self, name: str) -> None:
        """Open a port that others connect to."""

    def close_port(self) -> None:
        """Close the port, if one is open."""

    def delete(self) -> None:
        """Leave the MIDI system; nothing else may be called afterwards."""


class MidiInput(MidiPort, Protocol):
    """A client that receives."""

    def ignore_types(self, sysex: bool, timing: bool, active_sense: bool) -> None:
        """Choose the messages that are dropped."""

    def get_message(self) -> tuple[list[int], float] | None:
        """Return the next message with the seconds since the one before; None if there is none."""


class MidiOutput(MidiPort, Protocol):
    """A client that sends."""

    def send_message(self, message: Sequence[int]) -> None:
        """Send one message."""


class MidiLibrary(Protocol):
    """A library; its clients belong to one of the system's MIDI interfaces, `api`."""

    API_UNSPECIFIED: int
    API_LINUX_ALSA: int
    API_UNIX_JACK: int

    def MidiIn(self, api: int, name: str, queue_size_limit: int = ...) -> MidiInput:  # noqa: N802
        """Return a new client that receives and queues up to `queue_size_limit` messages."""

    def MidiOut(self, api: int, name: str) -> MidiOutput:  # noqa: N802
        """Return a new client that sends."""


@dataclass(frozen=True, slots=True)
class Backend:
    """A library that has been loaded.

    Attributes:
        label: its name and version, for the user.
        systems: the MIDI systems that it can use.
        library: what opens ports.
    """

    label: str
    systems: tuple[str, ...]
    library: MidiLibrary
