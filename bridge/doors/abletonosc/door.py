"""The AbletonOSC door: counts Live as connected while AbletonOSC answers, and has takes placed through it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

from bridge.doors.abletonosc.placing import Asker, place
from bridge.doors.abletonosc.state import LISTENED, NO_KEY, SongState
from bridge.doors.abletonosc.wire import Wire
from bridge.doors.bus import ClientActive, EventBus, TakeChosen, TakePlaced
from bridge.doors.connected_daws import ConnectedDaws, Connection
from bridge.doors.osc.session_messages import SESSION_MESSAGES
from bridge.doors.osc.table import PREFIX, match
from bridge.doors.requester import ABLETON_OSC, Requester
from bridge.jobs.job import Job, State
from bridge.jobs.queue import JobQueue
from bridge.request.session_state import SessionState
from engine.errors import StemBridgeError

log = logging.getLogger("stembridge.abletonosc")

DAW = "Ableton Live (AbletonOSC)"
VERSION = "/live/application/get/version"
PING_S = 2.0
LOST_S = 10.0
"""Without an answer for this long, Live or its AbletonOSC is gone."""


class AbletonOscDoor:
    """A client of AbletonOSC on one side, a connected DAW on the other."""

    def __init__(
        self,
        queue: JobQueue,
        daws: ConnectedDaws,
        bus: EventBus,
        new_state: Callable[[], SessionState],
        scale_is_key: bool,
        ports: tuple[int, int],
    ) -> None:
        """Begin with `new_state()`; `ports` are the one AbletonOSC listens at and the one it sends all answers to."""
        self._daws = daws
        self._bus = bus
        self._ports = ports
        self._song = SongState(scale_is_key)
        self._session = new_state()
        self._live: Wire
        self._asker: Asker
        self._contact_s = -LOST_S
        self._is_connected = False
        self._placings: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()
        queue.subscribe(self._job_changed)
        bus.subscribe(TakeChosen, self._bring)

    async def run(self) -> None:
        """Run until cancelled; if the port for answers is taken, log that and return at once."""
        try:
            self._live = await Wire.open(self._ports[1], ("127.0.0.1", self._ports[0]), self._receive)
        except OSError:
            log.warning(
                "AbletonOSC answers to port %d, which another program holds: close it to use it here", self._ports[1]
            )
            return
        self._asker = Asker(self._live.send)
        try:
            while True:
                self._ping()
                await asyncio.sleep(PING_S)
        finally:
            for task in self._placings:
                task.cancel()
            self._live.close()

    def _ping(self) -> None:
        if self._is_connected and time.monotonic() - self._contact_s > LOST_S:
            self._is_connected = False
            log.info("AbletonOSC is silent")
        # Not `/live/test`, which writes into Live's status bar each time.
        self._live.send(VERSION)

    def _receive(self, address: str, values: list[object]) -> None:
        self._contact_s = time.monotonic()
        if address == "/live/startup":
            self._is_connected = False
        elif address == VERSION and not self._is_connected:
            self._is_connected = True
            self._greet(".".join(str(value) for value in values))
        elif address == VERSION:
            self._note_contact()
        self._asker.receive(address, values)
        for name, changed in self._song.take(address, values):
            if (name, changed) == NO_KEY:
                self._session.reset("key")
                continue
            try:
                SESSION_MESSAGES[name](self._session, *match(PREFIX + name, changed))
            except StemBridgeError as error:
                self._show(str(error))
            else:
                self._note_contact()

    def _greet(self, version: str) -> None:
        log.info("AbletonOSC in Live %s answers", version)
        self._session.daw, self._session.version = DAW, version
        self._note_contact()
        for name in LISTENED:
            self._live.send(f"/live/song/start_listen/{name}")

    def _note_contact(self) -> None:
        self._daws.note_contact(ABLETON_OSC, Connection(ABLETON_OSC, self._session, self._place_at, self._show))
        self._bus.publish(ClientActive())

    def _job_changed(self, job: Job) -> None:
        if Requester.of(job) != ABLETON_OSC:
            return
        if job.state is State.DONE:
            self._start_placing(Path(job.manifests[0]), job.spec.start_beat)
        elif job.state is State.FAILED:
            self._show(job.message)

    def _bring(self, event: TakeChosen) -> None:
        if Requester.of(event.job) == ABLETON_OSC:
            self._start_placing(Path(event.job.manifests[event.variation]), event.job.spec.start_beat)

    def _place_at(self, manifest: Path, where: str, beat: float) -> None:
        self._start_placing(manifest, self._song.position if where == "playhead" else beat)

    def _start_placing(self, manifest: Path, beat: float) -> None:
        task = asyncio.create_task(self._place(manifest, beat))
        self._placings.add(task)
        task.add_done_callback(self._placings.discard)

    async def _place(self, manifest: Path, beat: float) -> None:
        async with self._one_at_a_time:
            placed = await place(self._asker, manifest, beat)
            self._bus.publish(TakePlaced(DAW, str(manifest), placed.stems, placed.problem))
            self._show(
                placed.problem or f"{placed.stems} stems placed by AbletonOSC; look that Live has not warped them"
            )

    def _show(self, text: str) -> None:
        log.info("%s", text)
        self._live.send("/live/api/show_message", f"Stem Bridge: {text}")
