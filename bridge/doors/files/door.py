"""Does what letters in the mailbox say, and answers them."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from bridge import __version__
from bridge.doors.connected_daws import ConnectedDaws, Connection
from bridge.doors.files.folder import RequestFile, RequestFolder
from bridge.doors.files.live_link import LiveLinks, client_of
from bridge.doors.files.reply import refusal, status_reply
from bridge.doors.files.request import FileRequest, read_letter
from bridge.home.heartbeat import COMPANION, INTERVAL_S, heartbeat_file, write_heartbeat
from bridge.jobs.job import Job
from bridge.jobs.queue import JobQueue
from bridge.request.resolve import Resolver
from bridge.request.session_state import SessionState
from engine.errors import InvalidValue, StemBridgeError

log = logging.getLogger("stembridge.mailbox")

POLL_INTERVAL_S = 0.1
_KIND = "mailbox"


def client_name(letter_id: str) -> str:
    """Return the name by which a job remembers the letter that asked for it."""
    return json.dumps([_KIND, letter_id])


def _letter_of(client: str) -> str | None:
    try:
        kind, letter_id = json.loads(client)
    except (ValueError, TypeError):
        return None
    return str(letter_id) if kind == _KIND else None


class FilesDoor:
    """Polls one mailbox, submits jobs, keeps each letter's answer up to date."""

    def __init__(
        self,
        box: RequestFolder,
        queue: JobQueue,
        resolver: Resolver,
        new_state: Callable[[], SessionState],
        connected: ConnectedDaws | None = None,
    ) -> None:
        self._box = box
        self._queue = queue
        self._resolver = resolver
        self._new_state = new_state
        self._seen: set[str] = set()
        self._unsent: dict[str, str] = {}
        self._shown, self._serves = -INTERVAL_S, True
        self._connected = connected or ConnectedDaws()
        self._connected.doors.append(self)
        self._states: dict[str, SessionState] = {}
        self._lines = LiveLinks(self._unsent.__setitem__)
        self.is_mine: Callable[[], bool] = lambda: True
        self.on_sign_of_life: Callable[[], None] = lambda: None
        queue.subscribe(self._tell)

    async def run(self) -> None:
        """Look into the mailbox until cancelled."""
        while True:
            self.poll()
            await asyncio.sleep(POLL_INTERVAL_S)

    def poll(self) -> None:
        """Show life, take what has come, write what is to be answered."""
        if time.monotonic() - self._shown >= INTERVAL_S:
            self._shown, self._serves = time.monotonic(), self.is_mine()
            if self._serves:
                write_heartbeat(self._box.folder, COMPANION, __version__)
                self._box.sweep()
        for envelope in self._box.letters() if self._serves else ():
            self._receive(envelope)
        self._flush()

    def close(self) -> None:
        """Write the last answers, and show no life any more."""
        self._flush()
        if self.is_mine():
            with suppress(OSError):
                heartbeat_file(self._box.folder, COMPANION).unlink(missing_ok=True)

    def _receive(self, envelope: RequestFile) -> None:
        if envelope.id not in self._seen:
            self._seen.add(envelope.id)  # one that cannot be deleted is not done twice
            try:
                self._act(envelope)
            except StemBridgeError as error:
                self._unsent[envelope.id] = refusal(str(error))
            except Exception:
                log.exception("the letter %s broke its handler", envelope.id)
                self._unsent[envelope.id] = refusal("The companion could not act on this; its log says why.")
        if self._box.discard(envelope):
            self._seen.discard(envelope.id)

    def _act(self, envelope: RequestFile) -> None:
        name = client_name(envelope.id)
        known = self._queue.by_clients([name], 1)
        if known:  # a companion was ended between storing the job and deleting the letter
            self._tell(known[0])
            return
        letter = read_letter(envelope.data, self._new_state())
        if letter.do != "connect" or not self._lines.is_open(letter.state.daw):
            self.on_sign_of_life()  # a script that goes on being there does not keep the engine in memory
        if letter.do == "cancel":
            self._cancel(letter)
            return
        self._hear(envelope.id, letter)
        if letter.do == "connect":
            return
        old = self._old_block(letter) if letter.do == "regenerate" else None
        spec = self._resolver.resolve(letter.trigger(old), letter.state)
        self._tell(self._queue.submit(spec, name))

    def _hear(self, letter_id: str, letter: FileRequest) -> None:
        """Know the DAW that a letter comes from as connected; a line's own letters say most of its state."""
        daw = letter.state.daw
        if letter.do == "connect":
            self._lines.hear(letter_id, letter)
        if letter.do == "connect" or not self._lines.is_open(daw):
            self._states[daw] = letter.state
        place, refuse = partial(self._lines.place, daw), partial(self._lines.refuse, daw)
        self._connected.hear((_KIND, daw), Connection(client_of(daw), self._states[daw], place, refuse))

    def accepted(self, job: Job) -> None:
        """Nothing: a script that stays connected hears of a job when there is something to put on the timeline."""

    def announce(self, job: Job, variation: int) -> None:
        """Have one take of a job brought in that was asked for on behalf of a DAW."""
        self._lines.bring(job, [job.manifests[variation]])

    def _old_block(self, letter: FileRequest) -> dict[str, object]:
        job = self._queue.get(letter.job)
        if job is None:
            raise InvalidValue("job", letter.job, "one of the last 30 days on this computer: generate anew instead")
        return job.spec.block

    def _cancel(self, letter: FileRequest) -> None:
        job = self._queue.newest_of(client_name(letter.request), unfinished=True)
        if job is not None:
            self._queue.cancel(job)

    def _tell(self, job: Job) -> None:
        letter_id = _letter_of(job.client)
        if letter_id is not None:
            self._unsent[letter_id] = status_reply(job)
        self._lines.tell(job)

    def _flush(self) -> None:
        for letter_id, text in list(self._unsent.items()):
            if self._box.answer(letter_id, text):
                del self._unsent[letter_id]
