"""MIDI inside the companion: ports looked for every other second, their bytes brought to the event loop."""

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
MAX_WAITING = 100_000
"""Messages that may wait for the event loop; at 10,000 a second that is ten seconds."""


class Inbox:
    """Brings what ports hear on their own threads to the event loop, in order."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[tuple[str, Sequence[int], float]] = deque(maxlen=MAX_WAITING)
        self._scheduled = False
        self.face: MidiDoor | None = None
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
        while self._waiting and self.face is not None:
            port, data, at_s = self._waiting.popleft()
            if self.learner is None or not self.learner.take(port, data):
                self.face.receive(port, data, at_s)


class MidiService:
    """Runs MIDI for one companion until it is stopped."""

    def __init__(self, map_file: MapOnDisk) -> None:
        self._map_file = map_file
        self._inbox = Inbox(asyncio.get_running_loop())
        self.ports = Ports(self._inbox.put)
        self._problem: str | None = None
        self._clock = ClockState.SILENT
        self._used: MidiMap | None = None
        self._told: MidiReport | None = None
        self._listeners: list[Callable[[MidiReport], None]] = []
        self.on_problem: Callable[[str], None] = lambda _sentence: None

    def subscribe(self, listener: Callable[[MidiReport], None]) -> None:
        """Call `listener(report)` now and whenever something is to be said anew, on the event loop's thread."""
        self._listeners.append(listener)
        if self._told is not None:
            listener(self._told)

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
        """Wait for no pad any longer."""
        self._inbox.learner = None

    def attach(self, face: MidiDoor) -> None:
        """Hand everything that is heard to `face`."""
        self._inbox.face = face
        face.on_problem = lambda sentence: self.on_problem(sentence)

    async def run(self) -> None:
        """Look for ports and for changes of the map, until cancelled. Whatever breaks here ends MIDI alone."""
        try:
            await self._run()
        except Exception:
            log.exception("MIDI has ended; everything else goes on")

    async def _run(self) -> None:
        while True:
            wanted = self._use_map()
            face = self._inbox.face
            self._report()
            if face is not None:
                self._report_clock(face.clock_state(time.monotonic()))
            if await asyncio.to_thread(self.ports.rescan, wanted):
                log.info("%s", self.ports.state)
                if face is not None:
                    face.show()
            self._tell()
            await asyncio.sleep(RESCAN_S)

    def _use_map(self) -> MidiMap:
        """Let the face go by the map as it is on disk now; return it."""
        wanted = self._map_file.current()
        if self._inbox.face is not None and wanted is not self._used:
            self._inbox.face.use(wanted)
            self._used = wanted
        return wanted

    def _tell(self) -> None:
        now_s, face, wanted = time.monotonic(), self._inbox.face, self._map_file.current()
        report = MidiReport(
            state=self.ports.state,
            available=not self.ports.trouble,
            inputs=tuple(self.ports.inputs),
            outputs=tuple(self.ports.outputs),
            clock=face.clock_state(now_s) if face else ClockState.SILENT,
            tempo_bpm=face.clock_tempo_bpm(now_s) if face else None,
            problem=self._map_file.problem() or "",
            bindings=tuple(str(binding) for binding in wanted.bindings),
        )
        if report != self._told:
            self._told = report
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
