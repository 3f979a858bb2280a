"""Runs MIDI in the companion: rescans the ports every two seconds, and passes their bytes to the event loop."""

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
SendMidi = Callable[[Sequence[int]], None]
MAX_WAITING = 100_000
"""Messages that may wait for the event loop; at 10,000 a second that is ten seconds."""
ReceiveBytes = Callable[[str, Sequence[int], float], None]
"""Takes a port's name, the bytes of a message, and the time they came, in seconds of `time.monotonic`."""


class LoopQueue:
    """Passes messages from the input thread to the event loop, in order."""

    def __init__(self, loop: asyncio.AbstractEventLoop, receive: ReceiveBytes) -> None:
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
            except RuntimeError:  # the loop has ended, and the ports will be closed
                self._waiting.clear()

    def _drain(self) -> None:
        # Before the queue is read: a message put meanwhile schedules another round.
        self._scheduled = False
        while self._waiting:
            port, data, at_s = self._waiting.popleft()
            if self.learner is None or not self.learner.take(port, data):
                self._receive(port, data, at_s)


class MidiService:
    """Runs the MIDI door of one companion until it is stopped."""

    def __init__(self, map_file: MapOnDisk, make_door: Callable[[SendMidi], MidiDoor]) -> None:
        """Use the map in `map_file`; `make_door(send)` returns the door, which sends its lights by `send`."""
        self._map_file = map_file
        self._loop_queue = LoopQueue(asyncio.get_running_loop(), lambda *message: self._door.receive(*message))
        self.ports = Ports(self._loop_queue.put)
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
        """Bind `action` to the next pad, switch or knob that is moved; call `done` with the binding or the error."""

        def found(table: dict[str, object]) -> None:
            self.stop_learning()
            try:
                binding = self._map_file.append(table)
            except StemBridgeError as error:
                done(error)
                return
            self._use_map()
            self._publish_report()
            done(binding)

        self._loop_queue.learner = Learner(action, extra, found)

    def stop_learning(self) -> None:
        """Stop waiting for a pad."""
        self._loop_queue.learner = None

    async def run(self) -> None:
        """Watch ports and map for changes until cancelled. An unexpected error ends MIDI alone."""
        try:
            await self._run()
        except Exception:
            log.exception("MIDI has ended; everything else goes on")

    async def _run(self) -> None:
        while True:
            midi_map = self._use_map()
            self._log_problem()
            self._log_clock(self._door.clock_state(time.monotonic()))
            if await asyncio.to_thread(self.ports.rescan, midi_map):
                log.info("%s", self.ports.state)
                self._door.show()
            self._publish_report()
            await asyncio.sleep(RESCAN_S)

    def _use_map(self) -> MidiMap:
        """Give the door the map as it is on disk now; return it."""
        midi_map = self._map_file.current()
        if midi_map is not self._used:
            self._door.use(midi_map)
            self._used = midi_map
        return midi_map

    def _publish_report(self) -> None:
        now_s, midi_map = time.monotonic(), self._map_file.current()
        report = MidiReport(
            state=self.ports.state,
            available=not self.ports.trouble,
            inputs=tuple(self.ports.inputs),
            outputs=tuple(self.ports.outputs),
            clock=self._door.clock_state(now_s),
            tempo_bpm=self._door.clock_tempo_bpm(now_s),
            problem=self._map_file.problem() or "",
            bindings=tuple(str(binding) for binding in midi_map.bindings),
        )
        if report != self._report_sent:
            self._report_sent = report
            for listener in self._listeners:
                listener(report)

    def _log_problem(self) -> None:
        problem = self._map_file.problem()
        if problem and problem != self._problem:
            log.warning("%s", problem)
        self._problem = problem

    def _log_clock(self, state: ClockState) -> None:
        if state is not self._clock:
            log.log(logging.WARNING if state is ClockState.HOLDING else logging.INFO, "MIDI: %s", state)
        self._clock = state

    async def stop(self) -> None:
        """Close all ports."""
        await asyncio.to_thread(self.ports.close)
