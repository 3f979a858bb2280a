"""The files door: passes requests from the mailbox folder to the desk, and keeps the reply to each up to date."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from bridge import __version__
from bridge.doors.bus import ClientActive, EventBus, TakeChosen
from bridge.doors.connected_daws import ConnectedDaws, Connection
from bridge.doors.files.folder import RequestFile, RequestFolder
from bridge.doors.files.live_link import LiveLinks
from bridge.doors.files.reply import refusal, status_reply
from bridge.doors.files.request import FileRequest, read_request
from bridge.doors.requester import DoorName, Requester
from bridge.doors.studio_desk import NoSuchJob, StudioDesk
from bridge.home.heartbeat import COMPANION, INTERVAL_S, heartbeat_file, write_heartbeat
from bridge.jobs.job import Job
from bridge.jobs.queue import JobQueue
from bridge.request.session_state import SessionState
from engine.errors import InvalidValue, StemBridgeError

log = logging.getLogger("stembridge.mailbox")

POLL_INTERVAL_S = 0.1


class FilesDoor:
    """Polls one mailbox folder."""

    def __init__(
        self,
        folder: RequestFolder,
        desk: StudioDesk,
        queue: JobQueue,
        new_state: Callable[[], SessionState],
        daws: ConnectedDaws,
        bus: EventBus,
        is_mine: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Serve `folder` whenever `is_mine()`: of several companions of the user, only one does."""
        self._folder = folder
        self._desk = desk
        self._queue = queue
        self._new_state = new_state
        self._daws = daws
        self._bus = bus
        self._is_mine = is_mine
        self._seen: set[str] = set()
        self._unsent: dict[str, str] = {}
        self._heartbeat_s, self._serves = -INTERVAL_S, True
        self._states: dict[str, SessionState] = {}
        self._links = LiveLinks(self._unsent.__setitem__, clock)
        queue.subscribe(self._report)
        bus.subscribe(TakeChosen, self._bring)

    async def run(self) -> None:
        """Poll the mailbox until cancelled."""
        while True:
            self.poll()
            await asyncio.sleep(POLL_INTERVAL_S)

    def poll(self) -> None:
        """Write the heartbeat, act on new requests, write replies."""
        if time.monotonic() - self._heartbeat_s >= INTERVAL_S:
            self._heartbeat_s, self._serves = time.monotonic(), self._is_mine()
            if self._serves:
                write_heartbeat(self._folder.folder, COMPANION, __version__)
                self._folder.sweep()
        for file in self._folder.requests() if self._serves else ():
            self._receive(file)
        self._flush()

    def close(self) -> None:
        """Write the last replies, and stop the heartbeat."""
        self._flush()
        if self._is_mine():
            with suppress(OSError):
                heartbeat_file(self._folder.folder, COMPANION).unlink(missing_ok=True)

    def _receive(self, file: RequestFile) -> None:
        if file.id not in self._seen:
            self._seen.add(file.id)  # one that cannot be deleted is not acted on twice
            try:
                self._act(file)
            except StemBridgeError as error:
                self._unsent[file.id] = refusal(str(error))
            except Exception:
                log.exception("the request %s broke its handler", file.id)
                self._unsent[file.id] = refusal("The companion could not act on this; its log says why.")
        if self._folder.discard(file):
            self._seen.discard(file.id)

    def _act(self, file: RequestFile) -> None:
        requester = Requester.file_request(file.id)
        known = self._queue.by_clients([requester.to_text()], 1)
        if known:  # a companion ended after it stored the job and before it deleted the request
            self._report(known[0])
            return
        request = read_request(file.data, self._new_state())
        if request.do != "connect" or not self._links.is_open(request.state.daw):
            self._bus.publish(ClientActive())  # the heartbeat of a live link does not keep the engine in memory
        if request.do == "cancel":
            self._cancel(request)
            return
        self._note_contact(file.id, request)
        if request.do != "connect":
            self._report(self._order(requester, request))

    def _order(self, requester: Requester, request: FileRequest) -> Job:
        state, trigger = request.state, request.trigger()
        if request.do == "generate":
            return self._desk.generate(requester, state, trigger)
        job = self._old_job(request)
        if request.do == "again":
            return self._desk.again(requester, state, job)
        return self._desk.regenerate(requester, state, job, trigger)

    def _note_contact(self, request_id: str, request: FileRequest) -> None:
        """Count the DAW that a request comes from as connected; a live link's own requests say most of its state."""
        daw = request.state.daw
        if request.do == "connect":
            self._links.note_contact(request_id, request)
        if request.do == "connect" or not self._links.is_open(daw):
            self._states[daw] = request.state
        place, refuse = partial(self._links.place, daw), partial(self._links.refuse, daw)
        connection = Connection(Requester.live_link(daw), self._states[daw], place, refuse)
        self._daws.note_contact((DoorName.FILES, daw), connection)

    def _bring(self, event: TakeChosen) -> None:
        """Have one take of a job brought in that was requested on behalf of a DAW."""
        self._links.bring(event.job, [event.job.manifests[event.variation]])

    def _old_job(self, request: FileRequest) -> Job:
        try:
            return self._desk.job(request.job)
        except NoSuchJob:
            allowed = "one of the last 30 days on this computer: generate anew instead"
            raise InvalidValue("job", request.job, allowed) from None

    def _cancel(self, request: FileRequest) -> None:
        with suppress(NoSuchJob):
            self._desk.cancel(self._desk.newest_of(Requester.file_request(request.request), unfinished=True))

    def _report(self, job: Job) -> None:
        requester = Requester.of(job)
        request_id = requester.detail_of(DoorName.FILES) if requester else None
        if request_id is not None:
            self._unsent[request_id] = status_reply(job)
        self._links.report(job)

    def _flush(self) -> None:
        for request_id, text in list(self._unsent.items()):
            if self._folder.reply(request_id, text):
                del self._unsent[request_id]
