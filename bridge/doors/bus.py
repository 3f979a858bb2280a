"""Typed events between the doors and the window, on one bus.

Every event is a frozen value. A part gets the bus when it is made, subscribes to the events it acts on, and publishes
its own; so no part has to know, or wait for, the part that listens. All of it belongs to the event loop's thread.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from bridge.jobs.job import Job
from bridge.request.session_state import SessionState

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class ClientActive:
    """A client may ask for music soon: the engine should be ready by then."""


@dataclass(frozen=True, slots=True)
class SessionChanged:
    """The DAW that is in contact has sent its state, all of it or a part."""

    state: SessionState


@dataclass(frozen=True, slots=True)
class TakeChosen:
    """A pad has chosen one of a job's takes, which its requester is to bring in."""

    job: Job
    variation: int


@dataclass(frozen=True, slots=True)
class TakePlaced:
    """A DAW reports on a take: how many stems are on tracks, and a sentence if that is not all of them."""

    daw: str
    manifest: str
    stems: int
    problem: str


@dataclass(frozen=True, slots=True)
class TakeDue:
    """A job has begun that counts from a beat of the MIDI clock; `quantise` is a key of `QUANTISE`."""

    job: Job
    quantise: str


@dataclass(frozen=True, slots=True)
class MidiReceived:
    """A DAW's script has forwarded a MIDI message, which counts as one of a port called `port`."""

    port: str
    data: bytes


@dataclass(frozen=True, slots=True)
class TriggerFailed:
    """A pad could not do what it is for; the sentence says why."""

    sentence: str


class EventBus:
    """Passes each event to those who subscribed to its type, in the order in which they did."""

    def __init__(self) -> None:
        self._listeners: defaultdict[type[Any], list[Callable[[Any], None]]] = defaultdict(list)

    def subscribe(self, kind: type[E], listener: Callable[[E], None]) -> None:
        """Call `listener(event)` for every event of the type `kind`."""
        self._listeners[kind].append(listener)

    def publish(self, event: object) -> None:
        """Pass `event` to its listeners; what one of them raises comes out here."""
        for listener in self._listeners[type(event)]:
            listener(event)
