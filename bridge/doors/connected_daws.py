"""The DAWs that are connected, through any door. A request that names none is for the DAW in contact last."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path

from bridge.doors.bus import EventBus, SessionChanged, TakePlaced
from bridge.doors.requester import Requester
from bridge.request.session_state import SessionState
from engine.errors import StemBridgeError

log = logging.getLogger("stembridge.osc")

MAX_CONNECTIONS = 1000
"""Beyond this the connection without contact for longest is forgotten; every program that names a project has one."""
PlaceTake = Callable[[Path, str, float], None]
ShowRefusal = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Connection:
    """A program that has said which DAW it is, or which project is open.

    Attributes:
        requester: who asks for the jobs that are made on its behalf.
        state: its session; the door keeps it up to date.
        place: has it put a take on its timeline: the manifest, where ("trigger", "playhead" or "scene"), and the
            take's own beat. Raises a `StemBridgeError` that says what to do if it cannot.
        refuse: shows it why something could not be done on its behalf.
    """

    requester: Requester
    state: SessionState
    place: PlaceTake
    refuse: ShowRefusal


class ConnectedDaws:
    """All connections. Belongs to the event loop's thread."""

    def __init__(self, bus: EventBus) -> None:
        """Publish on `bus` what DAWs say of their sessions, and log what they report on takes."""
        self._bus = bus
        bus.subscribe(TakePlaced, _log_placed)
        self._known: OrderedDict[Hashable, Connection] = OrderedDict()

    def note_contact(self, key: Hashable, connection: Connection) -> None:
        """Note that a program was in contact just now; `key` is the same each time.

        Programs that have named neither a DAW nor a project are ignored.
        """
        if not connection.state.daw and not connection.state.project:
            return
        self._known[key] = connection
        self._known.move_to_end(key)
        while len(self._known) > MAX_CONNECTIONS:
            self._known.popitem(last=False)
        if connection.state.daw:
            self._bus.publish(SessionChanged(connection.state))

    def newest(self) -> Connection | None:
        """Return the connection in contact last; a program that has only named a project counts too."""
        return next(reversed(self._known.values()), None)

    def place(self, manifest: Path, where: str, beat: float) -> str:
        """Have the DAW in contact last put a take on its timeline; return the DAW's name.

        Raises
        ------
        StemBridgeError
            If there is none, or it cannot.
        """
        daw = next((one for one in reversed(self._known.values()) if one.state.daw), None)
        if daw is None:
            raise StemBridgeError("No DAW is connected; drag the take into it instead, or install its script.")
        daw.place(manifest, where, beat)
        return daw.state.daw

    def refuse(self, why: str) -> None:
        """Show the program in contact last, if there is one, why something could not be done on its behalf."""
        newest = self.newest()
        if newest is not None:
            newest.refuse(why)


def _log_placed(event: TakePlaced) -> None:
    level = logging.WARNING if event.problem else logging.INFO
    log.log(level, "%s: %d stems of %s are on tracks. %s", event.daw, event.stems, event.manifest, event.problem)
