"""Opens ports with the system's own librtmidi: no compiler, no wheel, any Python."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import POINTER, byref, c_int, c_size_t, cast, create_string_buffer
from functools import cache

from bridge.doors.midi.backends.interface import Backend
from bridge.doors.midi.backends.librtmidi_functions import Functions, load_functions

MAX_MESSAGE_BYTES = 1 << 16
"""A longer system-exclusive message is dropped."""
MAX_NAME_BYTES = 1024
MAX_SYSTEMS = 16
QUEUE_MESSAGES = 1024
TRIAL_PORT = b"look"


@cache
def load() -> Backend:
    """Return this library.

    Raises
    ------
    OSError
        If the system has none.
    """
    functions = load_functions()
    numbers = (c_int * MAX_SYSTEMS)()
    known = numbers[: functions("get_compiled_api", numbers, MAX_SYSTEMS)]
    systems = tuple(functions("api_display_name", number).decode() for number in known)
    return Backend(f"librtmidi {functions.version}", systems, LibRtMidi(functions))


class LibRtMidi:
    """The library with python-rtmidi's names."""

    API_UNSPECIFIED = 0

    def __init__(self, functions: Functions) -> None:
        self._functions = functions
        self.API_LINUX_ALSA = int(functions("compiled_api_by_name", b"alsa"))
        self.API_UNIX_JACK = int(functions("compiled_api_by_name", b"jack"))

    def MidiIn(self, api: int, name: str, queue_size_limit: int = QUEUE_MESSAGES) -> CInput:  # noqa: N802
        """Return a new client that receives."""
        client = CInput(self._functions, "in", api, name.encode(), queue_size_limit)
        if api == self.API_UNIX_JACK:
            client.require_server()
        return client

    def MidiOut(self, api: int, name: str) -> COutput:  # noqa: N802
        """Return a new client that sends."""
        return COutput(self._functions, "out", api, name.encode())


class _Client:
    """One client."""

    def __init__(self, functions: Functions, direction: str, *settings: object) -> None:
        self._functions = functions
        self._free = f"{direction}_free"
        self._pointer = functions(f"{direction}_create", *settings)
        self._wrapper = cast(self._pointer, POINTER(functions.wrapper)).contents
        try:
            self._check("create a client")
        except OSError:
            self.delete()
            raise

    def get_ports(self) -> list[str]:
        """Return the names of the ports on the other side."""
        count = self._call("list the ports", "get_port_count")
        return [self._port_name(index) for index in range(count)]

    def _port_name(self, index: int) -> str:
        name, size = create_string_buffer(MAX_NAME_BYTES), c_int(MAX_NAME_BYTES)
        self._call("list the ports", "get_port_name", index, name, byref(size))
        return name.value.decode(errors="replace")

    def open_port(self, index: int, name: str) -> None:
        """Connect to a port of `get_ports`; under JACK RtMidi would take one that is gone for connected."""
        if index >= self._call("list the ports", "get_port_count"):
            raise OSError("the port has gone")
        self._call("open the port", "open_port", index, name.encode())

    def open_virtual_port(self, name: str) -> None:
        """Open a port that others connect to."""
        self._call(f"open a port named {name}", "open_virtual_port", name.encode())

    def close_port(self) -> None:
        """Close the port, if one is open."""
        if self._pointer:
            self._call("close the port", "close_port")

    def delete(self) -> None:
        """Leave the MIDI system."""
        pointer, self._pointer = self._pointer, None
        if pointer:
            self._functions(self._free, pointer)

    def _call(self, what: str, name: str, *arguments: object) -> int:
        if not self._pointer:
            raise OSError(f"cannot {what}: it has been closed")
        result = self._functions(name, self._pointer, *arguments)
        self._check(what)
        return int(result or 0)

    def _check(self, what: str) -> None:
        if not self._wrapper.ok:
            self._wrapper.ok = True
            raise OSError(f"RtMidi cannot {what}")


class CInput(_Client):
    """A client that receives."""

    def __init__(self, functions: Functions, direction: str, *settings: object) -> None:
        super().__init__(functions, direction, *settings)
        self._bytes = create_string_buffer(MAX_MESSAGE_BYTES)

    def require_server(self) -> None:
        """Make sure that there is a JACK client: without a server RtMidi creates one without it, with a mere warning.

        Raises
        ------
        OSError
            If there is none; a port cannot be opened then.
        """
        try:
            self._call("reach the JACK server", "open_virtual_port", TRIAL_PORT)
            self._call("reach the JACK server", "close_port")
        except OSError:
            self.delete()
            raise

    def ignore_types(self, sysex: bool, timing: bool, active_sense: bool) -> None:
        """Choose the messages that are dropped."""
        self._functions("in_ignore_types", self._pointer, sysex, timing, active_sense)

    def get_message(self) -> tuple[list[int], float] | None:
        """Return the next message with the seconds since the one before; None if there is none."""
        while self._pointer:
            size = c_size_t(MAX_MESSAGE_BYTES)
            since_last_s = float(self._functions("in_get_message", self._pointer, self._bytes, byref(size)))
            self._check("read a message")
            if size.value <= MAX_MESSAGE_BYTES:
                return (list(self._bytes.raw[: size.value]), since_last_s) if size.value else None
        return None


class COutput(_Client):
    """A client that sends."""

    def send_message(self, message: Sequence[int]) -> None:
        """Send one message."""
        self._call("send", "out_send_message", bytes(message), len(message))
