"""Does what OSC messages say, and tells clients how their jobs fare."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bridge import __version__
from bridge.doors.connected_daws import ConnectedDaws, Connection, TakePlaced
from bridge.doors.osc.clients import Client, Clients, address_of
from bridge.doors.osc.decode import Received, Unreadable, read_packet
from bridge.doors.osc.encode import encode
from bridge.doors.osc.reply_files import TRANSPORT, box_peer
from bridge.doors.osc.server import Peer
from bridge.doors.osc.session_messages import TOLD
from bridge.doors.osc.table import OUTGOING, PREFIX, BadMessage, Value, match
from bridge.jobs.job import Job, State
from bridge.jobs.queue import JobQueue
from bridge.request.block import RESET, check_block, check_value, coerce_text, parse_json_block
from bridge.request.position import check_place, pop_place
from bridge.request.presets.presets import Presets, apply_preset
from bridge.request.resolve import Resolver
from bridge.request.session_state import SessionState
from bridge.request.trigger import Trigger
from bridge.takes.layout import check_project
from engine.errors import InvalidValue, StemBridgeError

log = logging.getLogger("stembridge.osc")

PROGRESS_INTERVAL_S = 0.05
_WAKING = frozenset(PREFIX + address for address in ("/hello", "/generate", "/regenerate"))
FIRST_STATUS, LAST_STATUS, MAX_DATA = 0x80, 0xEF, 0x7F
"""MIDI 1.0's channel messages and their data bytes."""
Send = Callable[[Peer, bytes], None]


@dataclass(slots=True)
class Counters:
    """Messages since the start: understood, and answered with an error."""

    understood: int = 0
    refused: int = 0


class OscDoor:
    """Takes packets from the server, keeps each client's state, submits jobs, sends answers."""

    def __init__(
        self,
        send: Send,
        queue: JobQueue,
        resolver: Resolver,
        presets: Presets,
        new_state: Callable[[], SessionState],
        connected: ConnectedDaws | None = None,
    ) -> None:
        self._send = send
        self._queue = queue
        self._resolver = resolver
        self._presets = presets
        self._clients = Clients(new_state)
        self._told: dict[str, tuple[str, float]] = {}
        self._sender = Peer("", "", 0)
        self.counters = Counters()
        self.http_port = 0
        self.on_sign_of_life: Callable[[], None] = lambda: None
        self._connected = connected or ConnectedDaws()
        self._connected.doors.append(self)
        self.on_midi: Callable[[str, bytes], None] = lambda _port, _data: None
        queue.subscribe(self.tell)
        actions: dict[str, Callable[..., None]] = {
            **{address: partial(self._told_by, told) for address, told in TOLD.items()},
            "/hello": self._hello,
            "/midi": self._midi,
            "/set": self._set,
            "/params": self._params,
            "/preset": partial(self._text, name="preset"),
            "/genres": partial(self._text, name="genres"),
            "/lyrics": partial(self._text, name="lyrics"),
            "/generate": self._generate,
            "/regenerate": self._regenerate,
            "/cancel": self._cancel,
            "/status": self._status,
            "/take/placed": self._placed,
            "/ping": self._ping,
        }
        self._actions = {PREFIX + address: action for address, action in actions.items()}

    def receive(self, peer: Peer, data: bytes) -> None:
        """Act on one packet. Nothing that is in it can stop the listener."""
        for message in read_packet(data):
            if isinstance(message, Unreadable):
                self._refuse(peer, message.why, message.address)
            elif message.address not in OUTGOING or message.address in self._actions:
                self._receive_one(peer, message)
            else:
                # One of our own answers has come back, from another companion say: answering it would go on for ever.
                self.counters.refused += 1

    def _hear(self, client: Client) -> None:
        """Know a client as connected that has named its DAW or project."""

        def place(manifest: Path, where: str, beat: float) -> None:
            self._answer(client, "/take/place", str(manifest), where, beat)

        def refuse(why: str) -> None:
            self._answer(client, "/error", why, PREFIX + "/midi")

        self._connected.hear(client.peer, Connection(client.name, client.state, place, refuse))

    def _receive_one(self, peer: Peer, message: Received) -> None:
        try:
            values = match(message.address, message.values)
            self._sender, client = peer, self._clients.of(peer)
            self._actions[message.address](client, *values)
            self.counters.understood += 1
            self._hear(self._clients.of(peer))
        except StemBridgeError as error:
            self._refuse(peer, str(error), message.address)
        except Exception:
            log.exception("a message to %s broke its handler", message.address)
            self._refuse(peer, "The companion could not act on this message; its log says why.", message.address)
        # A hook in a DAW goes on telling how its session stands: that alone does not keep the engine in memory.
        if message.address in _WAKING or self._clients.of(peer).peer.transport != TRANSPORT:
            self.on_sign_of_life()

    def _refuse(self, peer: Peer, why: str, address: str) -> None:
        self.counters.refused += 1
        if address not in OUTGOING or address in self._actions:
            self._answer(self._clients.of(peer), "/error", why, address)

    def _answer(self, client: Client, address: str, *values: Value) -> None:
        self._send(client.address, encode(address, *values))

    def _hello(self, client: Client, daw: str, version: str, reply_to: int | str = 0) -> None:
        if isinstance(reply_to, str):
            client, reply_to = self._clients.join(self._sender, box_peer(reply_to)), 0
        elif reply_to and not 1 <= reply_to <= 65535:
            raise InvalidValue("reply port", reply_to, "1–65535")
        client.state.daw, client.state.version = daw[:200], version[:200]
        client.reply_port = reply_to
        self._answer(client, "/welcome", __version__, self.http_port)

    def _ping(self, client: Client) -> None:
        self._answer(client, "/pong")

    def _params(self, client: Client, text: str) -> None:
        self._merge(client, check_block(parse_json_block(text)))

    def _text(self, client: Client, text: str, *, name: str) -> None:
        self._merge(client, {name: check_value(name, text)})

    def _told_by(self, told: Callable[..., None], client: Client, *values: Value) -> None:
        told(client.state, *values)

    def _midi(self, client: Client, status: int, *data: int) -> None:
        if not FIRST_STATUS <= status <= LAST_STATUS:
            raise InvalidValue("status", status, f"{FIRST_STATUS}–{LAST_STATUS}")
        for value in data:
            if not 0 <= value <= MAX_DATA:
                raise InvalidValue("MIDI data", value, f"0–{MAX_DATA}")
        self.on_midi(client.state.daw or "OSC", bytes([status, *data]))

    def _set(self, client: Client, name: str, value: Value) -> None:
        checked = coerce_text(name, value)
        if checked is RESET:
            client.state.reset(name)
        else:
            self._merge(client, {name: checked})

    def _merge(self, client: Client, block: dict[str, object]) -> None:
        """Take a checked block; a preset in it goes under its other keys."""
        if block.get("preset"):
            preset = self._presets.get(str(block["preset"]))
            for name in preset.clears:
                client.state.reset(name)
            # In a DAW the session's own tempo, meter and key stand; a preset's stay in the block, under them.
            client.state.block = apply_preset(client.state.block, preset) | {"preset": preset.name}
        client.state.merge({name: value for name, value in block.items() if name != "preset"})

    def _generate(self, client: Client, first: float | str | None = None, bars: float | None = None) -> None:
        if isinstance(first, str):
            trigger = _json_trigger(first)
        else:
            block = {} if bars is None else check_block({"bars": bars})
            start = None if first is None else check_place("start beat", first)
            trigger = Trigger(block, start)
        if client.state.project_fault:
            raise StemBridgeError(client.state.project_fault)
        if client.state.project is not None:
            check_project(client.state.project, client.state.daw)
        spec = self._resolver.resolve(trigger, client.state)
        self.accepted(self._queue.submit(spec, client.name))

    def _regenerate(self, client: Client, job_id: str = "", stem: str = "") -> None:
        spec = self._find(client, job_id).spec
        anew = self._resolver.with_new_stem(spec, stem) if stem else self._resolver.with_new_seed(spec)
        self.accepted(self._queue.submit(anew, client.name))

    def accepted(self, job: Job) -> None:
        """Tell the client that asked for a job, or that it is asked for on behalf of, that it is stored."""
        if peer := address_of(job.client):
            self._send(peer, encode("/job/accepted", job.id, job.spec.start_beat))
        self.tell(job)

    def announce(self, job: Job, variation: int) -> None:
        """Tell a done job's client of one of its takes."""
        if peer := address_of(job.client):
            self._send(peer, encode("/job/done", job.id, job.manifests[variation], job.stems))

    def _placed(self, client: Client, manifest: str, stems: int, problem: str) -> None:
        log.log(
            logging.WARNING if problem else logging.INFO,
            "%s: %d stems of %s are on tracks. %s",
            client.state.daw,
            stems,
            manifest,
            problem,
        )
        self._connected.placed(TakePlaced(client.state.daw or "The DAW", manifest, stems, problem))

    def _cancel(self, client: Client, job_id: str = "") -> None:
        job = self._find(client, job_id) if job_id else self._queue.newest_of(client.name, unfinished=True)
        if job is None:
            raise BadMessage("There is no unfinished job of this client to cancel.")
        if job.state.is_final:
            raise BadMessage(f"The job {job.id} is {job.state} already and cannot be cancelled.")
        self._queue.cancel(job)

    def _status(self, client: Client, job_id: str = "") -> None:
        job = self._find(client, job_id) if job_id else self._queue.newest_of(client.name)
        if job is None:
            unfinished = self._queue.count_unfinished()
            self._answer(client, "/status", "busy" if unfinished else "idle", unfinished)
        else:
            self._send(client.address, _status_message(job))

    def _find(self, client: Client, job_id: str) -> Job:
        job = self._queue.get(job_id) if job_id else self._queue.newest_of(client.name)
        if job is None:
            raise BadMessage(f"There is no job {job_id!r}." if job_id else "This client has no job yet.")
        return job

    def tell(self, job: Job) -> None:
        """Tell the client that asked for the job where it stands, progress at most 20 times a second."""
        peer = address_of(job.client)
        if peer is None:
            return
        now = time.monotonic()
        kind = f"{job.state}/{job.phase}"
        told, at = self._told.get(job.id, ("", 0.0))
        if told == kind and now - at < PROGRESS_INTERVAL_S:
            return
        self._told[job.id] = (kind, now)
        if job.state.is_final:
            del self._told[job.id]
        self._send(peer, _status_message(job))


def _status_message(job: Job) -> bytes:
    """Return the message that says where a job stands."""
    if job.state is State.DONE:
        return encode("/job/done", job.id, job.manifests[0], job.stems)
    if job.state is State.FAILED:
        return encode("/job/failed", job.id, job.message)
    if job.state is State.CANCELLED:
        return encode("/job/cancelled", job.id)
    return encode("/job/progress", job.id, job.progress, job.phase)


def _json_trigger(text: str) -> Trigger:
    """Read `/generate`'s JSON form: keys of the block, `start_beat` and `start_seconds`."""
    block = parse_json_block(text)
    beat, seconds = pop_place(block)
    return Trigger(check_block(block), beat, seconds)
