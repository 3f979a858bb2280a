"""MIDI inside the companion: rescans the ports every other second, and brings their bytes to the event loop."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from bridge.doors.midi.bindings import Binding
from bridge.doors.midi.clock import ClockState
from bridge.doors.midi.door import MidiDoor
from bridge.doors.midi.learn import Learner
from bridge.doors.midi.map_format import MidiMap
from bridge.doors.midi.map_on_disk import MapOnDisk
from bridge.doors.midi.ports import Ports
from bridge.doors.midi.status import MidiReport
from engine.errors import StemBridgeError

log = logging.getLogger("stembridge.midi")

RESCAN_S = 2.0
Send = Callable[[Sequence[int]], None]
MAX_WAITING = 100_000
"""Messages that may wait for the event loop; at 10,000 a second that is ten seconds."""


Receive = Callable[[str, Sequence[int], float], None]
"""Takes the bytes of a message from a port, and when they came, in seconds of `time.monotonic`."""


class Inbox:
    """Brings messages from the ports' own threads to the event loop, in order."""

    def __init__(self, loop: asyncio.AbstractEventLoop, receive: Receive) -> None:
        """Call `receive` on `loop`'s thread."""
        self._loop = loop
        self._receive = receive
        self._waiting: deque[tuple[str, Sequence[int], float]] = deque(maxlen=MAX_WAITING)
        self._scheduled = False
        self.learner: Learner | None = None

    def put(self, port: str, data: Sequence[int], at_s: float) -> None:
        """Take bytes, on any thread."""
        self._waiting.append((port, data, at_s))
        if not self._scheduled:
            self._scheduled = True
            try:
                self._loop.call_soon_threadsafe(self._drain)
            except RuntimeError:  # the loop has ended, and the port will
                self._waiting.clear()

    def _drain(self) -> None:
        # Before the first look: what comes while we look makes a round of its own.
        self._scheduled = False
        while self._waiting:
            port, data, at_s = self._waiting.popleft()
            if self.learner is None or not self.learner.take(port, data):
                self._receive(port, data, at_s)


class MidiService:
    """Runs MIDI for one companion until it is stopped."""

    def __init__(self, map_file: MapOnDisk, make_door: Callable[[Send], MidiDoor]) -> None:
        """Go by the user's `map_file`; `make_door(send)` returns the door, which sends its lights by `send`."""
        self._map_file = map_file
        self._inbox = Inbox(asyncio.get_running_loop(), lambda *message: self._door.receive(*message))
        self.ports = Ports(self._inbox.put)
        self._door = make_door(self.ports.send)
        self._problem: str | None = None
        self._clock = ClockState.SILENT
        self._used: MidiMap | None = None
        self._report_sent: MidiReport | None = None
        self._listeners: list[Callable[[MidiReport], None]] = []

    def subscribe(self, listener: Callable[[MidiReport], None]) -> None:
        """Call `listener(report)` now and whenever the report changes, on the event loop's thread."""
        self._listeners.append(listener)
        if self._report_sent is not None:
            listener(self._report_sent)

    def learn(
        self, action: str, extra: Mapping[str, object], done: Callable[[Binding | StemBridgeError], None]
    ) -> None:
        """Bind `action` to the next pad, switch or knob that is moved; `done` gets the binding, or the error."""

        def found(table: dict[str, object]) -> None:
            self.stop_learning()
            try:
                binding = self._map_file.append(table)
            except StemBridgeError as error:
                done(error)
                return
            self._use_map()
            self._tell()
            done(binding)

        self._inbox.learner = Learner(action, extra, found)

    def stop_learning(self) -> None:
        """Stop waiting for a pad."""
        self._inbox.learner = None

    async def run(self) -> None:
        """Look for ports and for changes of the map, until cancelled. Whatever breaks here ends MIDI alone."""
        try:
            await self._run()
        except Exception:
            log.exception("MIDI has ended; everything else goes on")

    async def _run(self) -> None:
        while True:
            wanted = self._use_map()
            self._report()
            self._report_clock(self._door.clock_state(time.monotonic()))
            if await asyncio.to_thread(self.ports.rescan, wanted):
                log.info("%s", self.ports.state)
                self._door.show()
            self._tell()
            await asyncio.sleep(RESCAN_S)

    def _use_map(self) -> MidiMap:
        """Give the door the map as it is on disk now; return it."""
        wanted = self._map_file.current()
        if wanted is not self._used:
            self._door.use(wanted)
            self._used = wanted
        return wanted

    def _tell(self) -> None:
        now_s, wanted = time.monotonic(), self._map_file.current()
        report = MidiReport(
            state=self.ports.state,
            available=not self.ports.trouble,
            inputs=tuple(self.ports.inputs),
            outputs=tuple(self.ports.outputs),
            clock=self._door.clock_state(now_s),
            tempo_bpm=self._door.clock_tempo_bpm(now_s),
            problem=self._map_file.problem() or "",
            bindings=tuple(str(binding) for binding in wanted.bindings),
        )
        if report != self._report_sent:
            self._report_sent = report
            for listener in self._listeners:
                listener(report)

    def _report(self) -> None:
        problem = self._map_file.problem()
        if problem and problem != self._problem:
            log.warning("%s", problem)
        self._problem = problem

    def _report_clock(self, state: ClockState) -> None:
        if state is not self._clock:
            log.log(logging.WARNING if state is ClockState.HOLDING else logging.INFO, "MIDI: %s", state)
        self._clock = state

    async def stop(self) -> None:
        """Close all ports."""
        await asyncio.to_thread(self.ports.close)
