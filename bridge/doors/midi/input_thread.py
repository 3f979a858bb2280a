"""The thread that reads open MIDI inputs.

RtMidi calls Python callbacks on the driver's thread. Under JACK that is the real-time thread: it would wait for the
interpreter while the interpreter waits for the server. So RtMidi queues messages, and this thread polls the queue.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from bridge.doors.midi.backends.interface import MidiInput

POLL_S = 0.002
QUEUE_MESSAGES = 16_384
"""The length of RtMidi's queue: over a second of 10,000 messages a second."""
TRUST_S = 0.2
"""RtMidi's timestamps are used unless they put a message further back than this."""

MidiListener = Callable[[str, Sequence[int], float], None]
"""Called with a port's name, bytes, and the time they came (seconds of `time.monotonic`), on the input thread."""


class InputThread:
    """Reads inputs until `stop`; passes messages to `listener` in order, with RtMidi's spacing within each port."""

    def __init__(self, listener: MidiListener) -> None:
        self._listener = listener
        self._lock = threading.Lock()
        self._ports: dict[str, MidiInput] = {}
        self._last_s: dict[str, float] = {}
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, name: str, port: MidiInput) -> None:
        """Begin to read an open input."""
        with self._lock:
            self._ports[name] = port
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="midi", daemon=True)
            self._thread.start()

    def drop(self, name: str) -> None:
        """Stop reading an input; when this returns it can be closed."""
        with self._lock:
            self._ports.pop(name, None)
            self._last_s.pop(name, None)

    def stop(self) -> None:
        """End the thread."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._ending.wait(POLL_S):
            with self._lock:
                for name, port in self._ports.items():
                    with suppress(OSError):  # a device that is being unplugged
                        self._read(name, port)

    def _read(self, name: str, port: MidiInput) -> None:
        while received := port.get_message():
            data, since_last_s = received
            now = time.monotonic()
            at_s = self._last_s.get(name, now) + since_last_s
            self._last_s[name] = at_s if now - TRUST_S <= at_s <= now else now
            self._listener(name, data, self._last_s[name])
