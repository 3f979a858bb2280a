"""Opens ports with rtmidi2, whose wheels for macOS know Python 3.13 and 3.14.

An error of its on opening a port ends the process. So it is for macOS, where ports are shared and one that was just
listed can be opened. (Windows lends a port to one program; JACK may have no server.)
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Any

from bridge.doors.midi.backends.interface import Backend

DISTRIBUTION = "rtmidi2"
QUEUE_MESSAGES = 1024


@cache
def load() -> Backend:
    """Return this library.

    Raises
    ------
    ImportError
        If it is not installed.
    """
    module = import_module(DISTRIBUTION)
    systems = ("CoreMIDI",) if sys.platform == "darwin" else ("ALSA", "Jack")
    return Backend(f"rtmidi2 {version(DISTRIBUTION)}", systems, RtMidi2(module))


class RtMidi2:
    """The library with python-rtmidi's names."""

    def __init__(self, module: Any) -> None:  # noqa: ANN401
        self._module = module
        self.API_UNSPECIFIED = int(module.API_UNSPECIFIED)
        self.API_LINUX_ALSA = int(module.API_LINUX_ALSA)
        self.API_UNIX_JACK = int(module.API_UNIX_JACK)

    def MidiIn(self, api: int, name: str, queue_size_limit: int = QUEUE_MESSAGES) -> WheelInput:  # noqa: N802
        """Return a new client that receives."""
        with _os_errors():
            return WheelInput(self._module.MidiIn(name, queue_size_limit, api))

    def MidiOut(self, api: int, name: str) -> WheelOutput:  # noqa: N802
        """Return a new client that sends."""
        with _os_errors():
            return WheelOutput(self._module.MidiOut(name, api))


class _Client:
    """One client."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401
        self._client = client

    def get_ports(self) -> list[str]:
        """Return the names of the ports on the other side."""
        with _os_errors():
            return [name or "" for name in self._client.ports]

    def open_port(self, index: int, name: str) -> None:
        """Connect to a port of `get_ports`; rtmidi2 chooses the name of its own end."""
        del name
        with _os_errors():
            self._client.open_port(index)

    def open_virtual_port(self, name: str) -> None:
        """Open a port that others connect to."""
        with _os_errors():
            self._client.open_virtual_port(name)

    def close_port(self) -> None:
        """Close the port, if one is open."""
        if self._client is not None:
            self._client.close_port()

    def delete(self) -> None:
        """Leave the MIDI system, which rtmidi2 does with its object."""
        self._client = None


class WheelInput(_Client):
    """A client that receives."""

    def ignore_types(self, sysex: bool, timing: bool, active_sense: bool) -> None:
        """Choose the messages that are dropped."""
        self._client.ignore_types(sysex, timing, active_sense)

    def get_message(self) -> tuple[list[int], float] | None:
        """Return the next message with the seconds since the one before; None if there is none."""
        data = self._client.get_message()
        return (data, float(self._client.deltatime)) if data else None


class WheelOutput(_Client):
    """A client that sends."""

    def send_message(self, message: Sequence[int]) -> None:
        """Send one message."""
        with _os_errors():
            self._client.send_raw(*message)


@contextmanager
def _os_errors() -> Iterator[None]:
    """Turn the errors of rtmidi2, which are RuntimeErrors and ValueErrors, into OSError."""
    try:
        yield
    except (RuntimeError, ValueError) as error:
        raise OSError(str(error)) from error
