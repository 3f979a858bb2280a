"""The OSC door: keeps what each client says of its session, and passes its requests to the desk."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bridge import __version__
from bridge.doors.bus import ClientActive, EventBus, MidiReceived, TakePlaced
from bridge.doors.connected_daws import ConnectedDaws, Connection
from bridge.doors.osc.clients import Client, Clients
from bridge.doors.osc.decode import Received, Unreadable, read_packet
from bridge.doors.osc.encode import outgoing
from bridge.doors.osc.job_messages import JobMessages, SendReply, status_message
from bridge.doors.osc.reply_files import TRANSPORT, box_peer
from bridge.doors.osc.server import Peer
from bridge.doors.osc.session_messages import SESSION_MESSAGES
from bridge.doors.osc.table import OUTGOING, PREFIX, BadMessage, OscValue, match
from bridge.doors.studio_desk import NoSuchJob, StudioDesk
from bridge.jobs.job import Job
from bridge.jobs.queue import JobQueue
from bridge.request.block import RESET, check_block, check_value, coerce_text, parse_json_block
from bridge.request.position import check_place, pop_place
from bridge.request.presets.presets import Presets
from bridge.request.session_state import MUSIC_KEYS, SessionState
from bridge.request.trigger import Trigger
from engine.errors import InvalidValue, StemBridgeError
from engine.origin import Origin

log = logging.getLogger("stembridge.osc")

_WAKING = frozenset(PREFIX + address for address in ("/hello", "/generate", "/regenerate", "/again"))
SONG_KEYS = (*MUSIC_KEYS, "bars", "sample_rate")
FIRST_STATUS, LAST_STATUS, MAX_DATA = 0x80, 0xEF, 0x7F
"""The range of MIDI 1.0's channel messages, and the highest data byte."""


@dataclass(slots=True)
class Counters:
    """The number of messages understood, and of those answered with an error, since the start."""

    understood: int = 0
    refused: int = 0


class OscDoor:
    """Takes packets from the server, keeps each client's state, calls the desk, sends replies."""

    def __init__(
        self,
        send: SendReply,
        desk: StudioDesk,
        queue: JobQueue,
        presets: Presets,
        new_state: Callable[[], SessionState],
        daws: ConnectedDaws,
        bus: EventBus,
        http_port: int,
    ) -> None:
        """Reply by `send`; a new client begins with `new_state()`, and `/welcome` tells it `http_port`."""
        self._send = send
        self._desk = desk
        self._queue = queue
        self._presets = presets
        self._clients = Clients(new_state)
        self._sender = Peer("", "", 0)
        self._daws = daws
        self._bus = bus
        self._http_port = http_port
        self.counters = Counters()
        JobMessages(send, queue, bus)
        actions: dict[str, Callable[..., None]] = {
            **{address: partial(self._take_state, take) for address, take in SESSION_MESSAGES.items()},
            "/hello": self._hello,
            "/midi": self._midi,
            "/set": self._set,
            "/params": self._params,
            "/preset": partial(self._text, name="preset"),
            "/genres": partial(self._text, name="genres"),
            "/lyrics": partial(self._text, name="lyrics"),
            "/generate": self._generate,
            "/regenerate": self._regenerate,
            "/again": self._again,
            "/cancel": self._cancel,
            "/status": self._status,
            "/take/placed": self._placed,
            "/ping": self._ping,
        }
        self._actions = {PREFIX + address: action for address, action in actions.items()}

    def receive(self, peer: Peer, data: bytes) -> None:
        """Act on one packet. Never raises, whatever the packet contains."""
        for message in read_packet(data):
            if isinstance(message, Unreadable):
                self._refuse(peer, message.why, message.address)
            elif message.address not in OUTGOING or message.address in self._actions:
                self._receive_one(peer, message)
            else:
                # One of our own replies has come back, from another companion say: answering it would never end.
                self.counters.refused += 1

    def _note_contact(self, client: Client) -> None:
        """Count a client that has named its DAW or project as connected."""

        def place(manifest: Path, where: str, beat: float) -> None:
            self._reply(client, "/take/place", str(manifest), where, beat)

        def refuse(why: str) -> None:
            self._reply(client, "/error", why, PREFIX + "/midi")

        self._daws.note_contact(client.peer, Connection(client.requester, client.state, place, refuse))

    def _receive_one(self, peer: Peer, message: Received) -> None:
        try:
            values = match(message.address, message.values)
            self._sender, client = peer, self._clients.of(peer)
            self._actions[message.address](client, *values)
            self.counters.understood += 1
            self._note_contact(self._clients.of(peer))
        except StemBridgeError as error:
            self._refuse(peer, str(error), message.address)
        except Exception:
            log.exception("a message to %s broke its handler", message.address)
            self._refuse(peer, "The companion could not act on this message; its log says why.", message.address)
        # A script in a DAW keeps sending its session's state: that alone does not keep the engine in memory.
        if message.address in _WAKING or self._clients.of(peer).peer.transport != TRANSPORT:
            self._bus.publish(ClientActive())

    def _refuse(self, peer: Peer, why: str, address: str) -> None:
        self.counters.refused += 1
        if address not in OUTGOING or address in self._actions:
            self._reply(self._clients.of(peer), "/error", why, address)

    def _reply(self, client: Client, address: str, *values: OscValue) -> None:
        self._send(client.address, outgoing(address, *values))

    def _hello(self, client: Client, daw: str, version: str, reply_to: int | str = 0) -> None:
        if isinstance(reply_to, str):
            client, reply_to = self._clients.join(self._sender, box_peer(reply_to)), 0
        elif reply_to and not 1 <= reply_to <= 65535:
            raise InvalidValue("reply port", reply_to, "1–65535")
        client.state.daw = daw[:200] or client.state.daw
        client.state.version = version[:200] or client.state.version
        client.reply_port = reply_to
        self._reply(client, "/welcome", __version__, self._http_port)

    def _ping(self, client: Client) -> None:
        self._reply(client, "/pong")

    def _params(self, client: Client, text: str) -> None:
        self._merge(client, check_block(parse_json_block(text)))

    def _text(self, client: Client, text: str, *, name: str) -> None:
        self._merge(client, {name: check_value(name, text)})

    def _take_state(self, take: Callable[..., None], client: Client, *values: OscValue) -> None:
        take(client.state, *values)

    def _midi(self, client: Client, status: int, *data: int) -> None:
        if not FIRST_STATUS <= status <= LAST_STATUS:
            raise InvalidValue("status", status, f"{FIRST_STATUS}–{LAST_STATUS}")
        for value in data:
            if not 0 <= value <= MAX_DATA:
                raise InvalidValue("MIDI data", value, f"0–{MAX_DATA}")
        self._bus.publish(MidiReceived(client.state.daw or "OSC", bytes([status, *data])))

    def _set(self, client: Client, name: str, value: OscValue) -> None:
        checked = coerce_text(name, value)
        if checked is RESET:
            client.state.reset(name)
        else:
            self._merge(client, {name: checked})

    def _merge(self, client: Client, block: dict[str, object]) -> None:
        """Take a checked block; its other keys override a preset in it."""
        if block.get("preset"):
            client.state.apply_preset(self._presets.get(str(block["preset"])))
        client.state.merge({name: value for name, value in block.items() if name != "preset"})

    def _generate(self, client: Client, first: float | str | None = None, bars: float | None = None) -> None:
        if isinstance(first, str):
            trigger = _json_trigger(first, client.state)
        else:
            block = {} if bars is None else check_block({"bars": bars})
            start = None if first is None else check_place("start beat", first)
            trigger = Trigger(block, start, origin=_of_the_song(client.state))
        self._desk.generate(client.requester, client.state, trigger)

    def _regenerate(self, client: Client, job_id: str = "", stem: str = "") -> None:
        self._desk.regenerate(client.requester, client.state, self._find(client, job_id), stem=stem)

    def _again(self, client: Client, job_id: str = "") -> None:
        self._desk.again(client.requester, client.state, self._find(client, job_id))

    def _placed(self, client: Client, manifest: str, stems: int, problem: str) -> None:
        self._bus.publish(TakePlaced(client.state.daw or "The DAW", manifest, stems, problem))

    def _cancel(self, client: Client, job_id: str = "") -> None:
        try:
            job = self._desk.job(job_id) if job_id else self._desk.newest_of(client.requester, unfinished=True)
        except NoSuchJob as error:
            raise BadMessage(
                str(error) if job_id else "There is no unfinished job of this client to cancel."
            ) from None
        self._desk.cancel(job)

    def _status(self, client: Client, job_id: str = "") -> None:
        job = self._find(client, job_id) if job_id else self._queue.newest_of(client.requester.to_text())
        if job is None:
            unfinished = self._queue.count_unfinished()
            self._reply(client, "/status", "busy" if unfinished else "idle", unfinished)
        else:
            self._send(client.address, status_message(job))

    def _find(self, client: Client, job_id: str) -> Job:
        try:
            return self._desk.job(job_id) if job_id else self._desk.newest_of(client.requester)
        except NoSuchJob as error:
            raise BadMessage(str(error) if job_id else "This client has no job yet.") from None


def _of_the_song(state: SessionState) -> dict[str, Origin]:
    """Return the origin of the keys that describe the song: a DAW's script reads them from its project."""
    return dict.fromkeys(SONG_KEYS, Origin.DAW if state.daw else Origin.USER)


def _json_trigger(text: str, state: SessionState) -> Trigger:
    """Read `/generate`'s JSON form: keys of the block, `start_beat` and `start_seconds`."""
    block = parse_json_block(text)
    beat, seconds = pop_place(block)
    return Trigger(check_block(block), beat, seconds, origin=_of_the_song(state))
