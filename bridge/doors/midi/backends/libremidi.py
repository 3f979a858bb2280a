"""Opens ports with pylibremidi, whose wheels for Windows know Python 3.13 and 3.14.

(Its wheels for Linux and macOS do not, though their names say so.) Nothing arrives unless `poll` is called; its
callbacks for errors end the process and stay unset.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

from bridge.doors.midi.backends.interface import Backend

QUEUE_MESSAGES = 1024
NANOSECONDS = 1e-9
ACTIVE_SENSE = [0xFE]


@cache
def load() -> Backend:
    """Return this library.

    Raises
    ------
    ImportError
        If it is not installed.
    """
    module = import_module("pylibremidi")
    systems = tuple(str(module.get_api_display_name(api)) for api in module.available_apis())
    return Backend(f"pylibremidi {module.get_version()}", systems, LibreMidi(module))


class LibreMidi:
    """The library with python-rtmidi's names."""

    API_UNSPECIFIED = 0

    def __init__(self, module: Any) -> None:  # noqa: ANN401
        self._module = module
        self.API_LINUX_ALSA = int(module.API.ALSA_SEQ.value)
        self.API_UNIX_JACK = int(module.API.JACK_MIDI.value)

    def MidiIn(self, api: int, name: str, queue_size_limit: int = QUEUE_MESSAGES) -> LibreInput:  # noqa: N802
        """Return a new client that receives; libremidi chooses its name."""
        del name
        return LibreInput(self._module, self._system(api), queue_size_limit)

    def MidiOut(self, api: int, name: str) -> LibreOutput:  # noqa: N802
        """Return a new client that sends; libremidi chooses its name."""
        del name
        return LibreOutput(self._module, self._system(api))

    def _system(self, api: int) -> Any:  # noqa: ANN401
        if api != self.API_UNSPECIFIED:
            return self._module.API(api)
        # Windows' classic MIDI is there in every version, and names the ports as other programs do.
        return self._module.API.WINDOWS_MM if sys.platform == "win32" else self._module.midi1_default_api()


class _Client:
    """One client: an observer, which lists ports, and a port; `listing` is the observer's method for its side."""

    def __init__(self, module: Any, system: Any, listing: str) -> None:  # noqa: ANN401
        wanted = module.ObserverConfiguration()
        wanted.track_hardware = wanted.track_virtual = True
        self._observer = module.Observer(wanted, system)
        self._listing = listing
        self._port: Any = None

    def _there(self) -> list[Any]:
        self._observer.poll()
        return list(getattr(self._observer, self._listing)())

    def get_ports(self) -> list[str]:
        """Return the names of the ports on the other side, which Windows numbers only in `display_name`."""
        if sys.platform == "win32":
            return [str(port.display_name) for port in self._there()]
        return [str(port.port_name) for port in self._there()]

    def open_port(self, index: int, name: str) -> None:
        """Connect to a port of `get_ports`."""
        ports = self._there()
        if index >= len(ports):
            raise OSError("the port has gone")
        self._check(self._port.open_port(ports[index], name))

    def open_virtual_port(self, name: str) -> None:
        """Open a port that others connect to; JACK's says "Unspecified error" though it is open."""
        error = self._port.open_virtual_port(name)
        if not self._port.is_port_open():
            self._check(error)

    def close_port(self) -> None:
        """Close the port, if one is open."""
        if self._port is not None:
            self._port.close_port()

    def delete(self) -> None:
        """Leave the MIDI system, which libremidi does with its objects."""
        self._port = self._observer = None

    @staticmethod
    def _check(error: Any) -> None:  # noqa: ANN401
        if error:
            raise OSError(str(error))


class LibreInput(_Client):
    """A client that receives."""

    def __init__(self, module: Any, system: Any, queue_size_limit: int) -> None:  # noqa: ANN401
        super().__init__(module, system, "get_input_ports")
        self._module, self._system = module, system
        self._waiting: deque[tuple[list[int], int]] = deque(maxlen=queue_size_limit)
        self._last_ns: int | None = None
        self.ignore_types(sysex=True, timing=True, active_sense=True)

    def ignore_types(self, sysex: bool, timing: bool, active_sense: bool) -> None:
        """Choose the messages that are dropped; only before a port is opened, for it makes another client."""
        waiting = self._waiting

        def receive(data: Sequence[int], at_ns: int) -> None:
            if not active_sense or list(data) != ACTIVE_SENSE:  # which libremidi lets through under JACK
                waiting.append((list(data), int(at_ns)))

        wanted = self._module.InputConfiguration()
        wanted.ignore_sysex, wanted.ignore_timing, wanted.ignore_sensing = sysex, timing, active_sense
        wanted.on_raw_data = receive
        self._port = self._module.MidiIn(wanted, self._system)

    def get_message(self) -> tuple[list[int], float] | None:
        """Return the next message with the seconds since the one before; None if there is none."""
        if not self._waiting and self._port is not None:
            self._port.poll()
        if not self._waiting:
            return None
        data, at_ns = self._waiting.popleft()
        since_last_s = 0.0 if self._last_ns is None else (at_ns - self._last_ns) * NANOSECONDS
        self._last_ns = at_ns
        return data, since_last_s


class LibreOutput(_Client):
    """A client that sends."""

    def __init__(self, module: Any, system: Any) -> None:  # noqa: ANN401
        super().__init__(module, system, "get_output_ports")
        self._port = module.MidiOut(module.OutputConfiguration(), system)

    def send_message(self, message: Sequence[int]) -> None:
        """Send one message."""
        self._check(self._port.send_message(list(message)))
