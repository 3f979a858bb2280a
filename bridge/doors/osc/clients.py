"""The OSC clients: who they are, what they have told, and where answers to them go."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from bridge.doors.osc.server import Peer
from bridge.request.session_state import SessionState

MAX_CLIENTS = 1000
"""Beyond this the client not heard of for longest is forgotten: every UDP sender is one."""


@dataclass(slots=True)
class Client:
    """One sender: its state, and the port that answers go to (its own until `/hello` names another)."""

    peer: Peer
    state: SessionState
    reply_port: int = 0

    @property
    def name(self) -> str:
        """The client as jobs remember it."""
        return json.dumps(["osc", self.peer.transport, self.peer.host, self.peer.port, self.reply_port])

    @property
    def address(self) -> Peer:
        """Where answers go. A reply port is one of UDP."""
        return Peer("udp", self.peer.host, self.reply_port) if self.reply_port else self.peer


def address_of(name: str) -> Peer | None:
    """Return where answers go to the client that a job remembers as `name`; None if it is no OSC client."""
    try:
        kind, transport, host, port, reply_port = json.loads(name)
    except (ValueError, TypeError):
        return None
    return Client(Peer(transport, host, port), SessionState(), reply_port).address if kind == "osc" else None


@dataclass(slots=True)
class Clients:
    """All clients heard of, each made with a `new_state()` of its own."""

    new_state: Callable[[], SessionState]
    _known: OrderedDict[Peer, Client] = field(default_factory=OrderedDict)
    _boxes: OrderedDict[Peer, Peer] = field(default_factory=OrderedDict)

    def join(self, peer: Peer, box: Peer) -> Client:
        """Let what `peer` sends be of the client whose answers go to `box`; its state outlives the sender's port."""
        self._known.pop(peer, None)
        self._boxes[peer] = box
        while len(self._boxes) > MAX_CLIENTS:
            self._boxes.popitem(last=False)
        return self.of(peer)

    def of(self, peer: Peer) -> Client:
        """Return the client that sends from `peer`, new ones too."""
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
