"""A fake DAW: an OSC client over UDP or TCP that shares no code with the product."""

from __future__ import annotations

import json
import socket
import struct
import time
from pathlib import Path
from typing import Any, NamedTuple

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.helpers.waiting import PATIENCE_S

PREFIX = "/stembridge"
TIMEOUT_S = PATIENCE_S
END, ESC, ESC_END, ESC_ESC = b"\xc0", b"\xdb", b"\xdb\xdc", b"\xdb\xdd"


# Requests for `Daw.generate`, by the amount of work.
SHORT = {"bars": 1, "genres": "funk", "tempo": 240}
MINUTE = {"bars": 30, "genres": "funk", "tempo": 120}
WRITTEN = {"bars": 60, "genres": "funk", "tempo": 120}  # for what happens while it is written: a second of work
LONG = {"bars": 120, "genres": "funk", "tempo": 120}  # seconds of work in either phase


class Message(NamedTuple):
    """A message from the companion: its address without the prefix, its arguments, and the size of its packet."""

    name: str
    values: tuple[Any, ...]
    size: int


def packet(address: str, *values: object, tags: str | None = None) -> bytes:
    """Return an OSC message of python-osc's builder, typed by `tags` or by the values themselves."""
    builder = OscMessageBuilder(address)
    for index, value in enumerate(values):
        builder.add_arg(value, tags[index] if tags else None)
    return bytes(builder.build().dgram)


def bundle(*elements: bytes) -> bytes:
    """Return a bundle with the time tag "immediately"."""
    return b"#bundle\0" + struct.pack(">Q", 1) + b"".join(struct.pack(">i", len(e)) + e for e in elements)


class Daw:
    """One client; `received` keeps every message that has arrived."""

    def __init__(self, port: int, transport: str = "udp") -> None:
        self.port = port
        self.transport = transport
        self.received: list[Message] = []
        self._unread = b""
        if transport == "udp":
            self.socket = _fresh_socket()
        else:
            self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)

    def __enter__(self) -> Daw:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, name: str, *values: object, tags: str | None = None) -> None:
        self.send_bytes(packet(PREFIX + name, *values, tags=tags))

    def send_bytes(self, data: bytes) -> None:
        if self.transport == "udp":
            self.socket.sendto(data, ("127.0.0.1", self.port))
        else:
            self.socket.sendall(END + data.replace(ESC, ESC_ESC).replace(END, ESC_END) + END)

    def receive(self, timeout_s: float = TIMEOUT_S) -> Message:
        self.socket.settimeout(timeout_s)
        data = self.socket.recv(65536) if self.transport == "udp" else self._frame()
        read = OscMessage(data)
        assert read.address.startswith(PREFIX + "/"), read.address
        message = Message(read.address.removeprefix(PREFIX), tuple(read.params), len(data))
        self.received.append(message)
        return message

    def _frame(self) -> bytes:
        while True:
            frame, end, rest = self._unread.partition(END)
            if end:
                self._unread = rest
                if frame:
                    return frame.replace(ESC_END, END).replace(ESC_ESC, ESC)
                continue
            more = self.socket.recv(65536)
            if not more:
                raise ConnectionError("the companion has closed the connection")
            self._unread += more

    def wait_for(self, *names: str, job: str | None = None, timeout_s: float = TIMEOUT_S) -> Message:
        """Return the next message with one of `names` (about `job`); all others are only kept in `received`."""
        end = time.monotonic() + timeout_s
        while (left := end - time.monotonic()) > 0:
            try:
                message = self.receive(left)
            except TimeoutError:
                break
            if message.name in names and (job is None or message.values[0] == job):
                return message
        last = [(m.name, *m.values) for m in self.received[-8:]]
        raise AssertionError(f"no {' or '.join(names)} within {timeout_s} s; the last received was {last}")

    def errors_until_pong(self) -> list[Message]:
        """Return the errors that all messages sent so far have caused: `/ping` is answered after them."""
        start = len(self.received)
        self.send("/ping")
        self.wait_for("/pong")
        return [m for m in self.received[start:] if m.name == "/error"]

    def set_up(self, project: Path | None = None, **block: object) -> None:
        """Send a session's state, by default the main job's tempo, meter and key."""
        self.send("/hello", "Test DAW", "1.0")
        self.send("/tempo", 97.6)
        self.send("/timesig", 4, 4)
        self.send("/key", "E minor")
        if project is not None:
            self.send("/project", str(project), "test")
        for name, value in block.items():
            self.send("/set", name, str(value))
        assert self.errors_until_pong() == []

    def generate(self, *values: object, **request: object) -> str:
        """Trigger a job, with `values` or as JSON, and return its id."""
        self.send("/generate", *(values or ([json.dumps(request)] if request else [])))
        answer = self.wait_for("/job/accepted", "/error")
        assert answer.name == "/job/accepted", answer
        return str(answer.values[0])

    def finish(self, job: str, timeout_s: float = TIMEOUT_S) -> Path:
        """Wait for the end of a job, which must succeed; return its manifest's path."""
        answer = self.wait_for("/job/done", "/job/failed", "/job/cancelled", job=job, timeout_s=timeout_s)
        assert answer.name == "/job/done", answer
        return Path(answer.values[1])

    def take(self, *values: object, **request: object) -> dict[str, Any]:
        """Trigger a job, wait for it and return its manifest, with its folder under "folder"."""
        path = self.finish(self.generate(*values, **request))
        return {**json.loads(path.read_text(encoding="utf-8")), "folder": path.parent}

    def progress_of(self, job: str) -> list[tuple[float, str]]:
        return [(m.values[1], m.values[2]) for m in self.received if m.name == "/job/progress" and m.values[0] == job]

    def wait_for_phase(self, job: str, phase: str, above: float = -1.0) -> None:
        """Wait until `job` reports `phase` and a total progress of more than `above` (0–1)."""
        while True:
            message = self.wait_for("/job/progress", "/job/done", "/job/failed", job=job)
            assert message.name == "/job/progress", message
            if message.values[2] == phase and message.values[1] > above:
                return


_used: set[int] = set()


def _fresh_socket() -> socket.socket:
    """Return a UDP socket on a port that no client of this run has had: the companion identifies clients by it."""
    while True:
        fresh = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        fresh.bind(("127.0.0.1", 0))
        if fresh.getsockname()[1] not in _used:
            _used.add(fresh.getsockname()[1])
            return fresh
        fresh.close()
