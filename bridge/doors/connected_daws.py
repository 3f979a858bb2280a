"""Which DAWs are connected, by whichever door they came. The one heard of last is the one that is meant."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bridge.jobs.job import Job
from bridge.request.session_state import SessionState
from engine.errors import StemBridgeError

MAX_CONNECTIONS = 1000
"""Beyond this the one not heard of for longest is forgotten: every program that names a project is one."""
Place = Callable[[Path, str, float], None]
Refuse = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Connection:
    """A program that has said which DAW it is, or which project is open.

    Attributes:
        client: who it is to jobs that are asked for on its behalf.
        state: what it has told; the door keeps it up to date.
        place: has it put a take on its timeline: the manifest, where ("trigger", "playhead" or "scene"), and the
            take's own beat. Raises a `StemBridgeError` that says what to do if it cannot.
        refuse: tells it why something could not be done that somebody asked for on its behalf.
    """

    client: str
    state: SessionState
    place: Place
    refuse: Refuse


@dataclass(frozen=True, slots=True)
class TakePlaced:
    """What a DAW has made of a take: how many stems are on tracks, and a sentence if that is not all of them."""

    daw: str
    manifest: str
    stems: int
    problem: str


class Door(Protocol):
    """A way in and out for DAWs. Each passes over jobs of clients that are not its own."""

    def accepted(self, job: Job) -> None:
        """Tell the job's client that the job is stored, and where it will start."""

    def announce(self, job: Job, variation: int) -> None:
        """Tell the job's client that one of its takes is complete."""


class ConnectedDaws:
    """All connections, as their doors tell of them. Belongs to the event loop's thread."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, Connection] = OrderedDict()
        self._listeners: list[Callable[[SessionState], None]] = []
        self._placed_listeners: list[Callable[[TakePlaced], None]] = []
        self.doors: list[Door] = []

    def subscribe(self, listener: Callable[[SessionState], None]) -> None:
        """Call `listener(state)` after every message of the DAW that was heard of last."""
        self._listeners.append(listener)

    def subscribe_placed(self, listener: Callable[[TakePlaced], None]) -> None:
        """Call `listener(placed)` whenever a DAW tells what became of a take."""
        self._placed_listeners.append(listener)

    def placed(self, placed: TakePlaced) -> None:
        """Pass on what became of a take."""
        for listener in self._placed_listeners:
            listener(placed)

    def hear(self, key: Hashable, connection: Connection) -> None:
        """Take that a program was heard of just now; `key` is the same each time. Who names nothing is nobody."""
        if not connection.state.daw and not connection.state.project:
            return
        self._known[key] = connection
        self._known.move_to_end(key)
        while len(self._known) > MAX_CONNECTIONS:
            self._known.popitem(last=False)
        if connection.state.daw:
            for listener in self._listeners:
                listener(connection.state)

    def newest_daw(self) -> tuple[str, SessionState] | None:
        """Return who was heard of last, as jobs know it, and what it has told; a program with a project is enough."""
        newest = next(reversed(self._known.values()), None)
        return (newest.client, newest.state) if newest else None

    def place(self, manifest: Path, where: str, beat: float) -> str:
        """Have the DAW that was heard of last put a take on its timeline; return the DAW's name.

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
        """Tell who was heard of last, if anybody, why something could not be done on its behalf."""
        newest = next(reversed(self._known.values()), None)
        if newest is not None:
            newest.refuse(why)

    def accepted(self, job: Job) -> None:
        """Tell a job's client that it is stored, by whichever door."""
        for door in self.doors:
            door.accepted(job)

    def announce(self, job: Job, variation: int) -> None:
        """Tell a job's client of one of its takes, by whichever door."""
        for door in self.doors:
            door.announce(job, variation)
