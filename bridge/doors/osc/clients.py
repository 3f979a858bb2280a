"""The OSC clients: each one's session state, and the address that replies to it go to."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from bridge.doors.osc.server import Peer
from bridge.doors.requester import DoorName, Requester
from bridge.jobs.job import Job
from bridge.request.session_state import SessionState

MAX_CLIENTS = 1000
"""Beyond this the client without contact for longest is forgotten: every UDP sender makes one."""


@dataclass(slots=True)
class Client:
    """One sender: its state, and the port that replies go to (its own until `/hello` names another)."""

    peer: Peer
    state: SessionState
    reply_port: int = 0

    @property
    def requester(self) -> Requester:
        """The client as jobs remember it."""
        return Requester.osc(self.peer.transport, self.peer.host, self.peer.port, self.reply_port)

    @property
    def address(self) -> Peer:
        """The address for replies. A reply port is always a UDP port."""
        return _reply_address(self.peer, self.reply_port)


def reply_address_of(job: Job) -> Peer | None:
    """Return the address for replies to the OSC client that requested `job`; None if no OSC client did."""
    requester = Requester.of(job)
    if requester is None or requester.door is not DoorName.OSC:
        return None
    transport, host, port, reply_port = requester.details
    return _reply_address(Peer(str(transport), str(host), int(port)), int(reply_port))


def _reply_address(peer: Peer, reply_port: int) -> Peer:
    return Peer("udp", peer.host, reply_port) if reply_port else peer


@dataclass(slots=True)
class Clients:
    """All known clients, each made with a `new_state()` of its own."""

    new_state: Callable[[], SessionState]
    _known: OrderedDict[Peer, Client] = field(default_factory=OrderedDict)
    _boxes: OrderedDict[Peer, Peer] = field(default_factory=OrderedDict)

    def join(self, peer: Peer, box: Peer) -> Client:
        """Count `peer` as the client whose replies go to `box`; its state outlives the sender's port."""
        self._known.pop(peer, None)
        self._boxes[peer] = box
        while len(self._boxes) > MAX_CLIENTS:
            self._boxes.popitem(last=False)
        return self.of(peer)

    def of(self, peer: Peer) -> Client:
        """Return the client that sends from `peer`; an unknown one is made."""
        peer = self._boxes.get(peer, peer)
        client = self._known.get(peer)
        if client is None:
            client = self._known[peer] = Client(peer, self.new_state())
            while len(self._known) > MAX_CLIENTS:
                self._known.popitem(last=False)
        self._known.move_to_end(peer)
        return client

    def __len__(self) -> int:
        return len(self._known)
