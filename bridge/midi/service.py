"""MIDI inside the companion: ports looked for every other second, their bytes brought to the event loop."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Sequence

from bridge.midi.clock import ClockState
from bridge.midi.face import MidiFace
from bridge.midi.ports import Ports
from bridge.midi.userfile import MapFile

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
        self.face: MidiFace | None = None

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
            self.face.receive(*self._waiting.popleft())


class MidiService:
    """Runs MIDI for one companion until it is stopped."""

    def __init__(self, map_file: MapFile) -> None:
        self._map_file = map_file
        self._inbox = Inbox(asyncio.get_running_loop())
        self.ports = Ports(self._inbox.put)
        self._problem: str | None = None
        self._clock = ClockState.SILENT

    def attach(self, face: MidiFace) -> None:
        """Hand everything that is heard to `face`."""
        self._inbox.face = face

    async def run(self) -> None:
        """Look for ports and for changes of the map, until cancelled. Whatever breaks here ends MIDI alone."""
        try:
            await self._run()
        except Exception:
            log.exception("MIDI has ended; everything else goes on")

    async def _run(self) -> None:
        used = None
        while True:
            wanted = self._map_file.current()
            face = self._inbox.face
            if face is not None and wanted is not used:
                face.use(wanted)
                used = wanted
            self._report()
            if face is not None:
                self._report_clock(face.clock_state(time.monotonic()))
            if await asyncio.to_thread(self.ports.rescan, wanted):
                log.info("%s", self.ports.state)
                if face is not None:
                    face.show()
            await asyncio.sleep(RESCAN_S)

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
