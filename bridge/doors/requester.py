"""The requester of a job: one frozen type for every door, and its text form, which the job queue stores."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from bridge.jobs.job import Job

Detail = str | int


class DoorName(StrEnum):
    """The door that a request came through, as the queue has always stored it."""

    OSC = "osc"
    FILES = "mailbox"
    LIVE_LINK = "line"
    HTTP = "http"
    MIDI = "midi"
    WINDOW = "window"
    ABLETON_OSC = "abletonosc"


_DETAILS: dict[DoorName, tuple[type[Detail], ...]] = {
    DoorName.OSC: (str, str, int, int),
    DoorName.FILES: (str,),
    DoorName.LIVE_LINK: (str,),
    DoorName.HTTP: (str,),
    DoorName.MIDI: (),
    DoorName.WINDOW: (),
    DoorName.ABLETON_OSC: (),
}
"""The types of a requester's details, by door."""


@dataclass(frozen=True, slots=True)
class Requester:
    """The door that a request came through, and the client that sent it.

    Attributes:
        door: the way the request came in.
        details: what the door needs to find the requester again: transport, host, port and reply port (OSC), the
            request's id (files), the DAW's name (live link), the API key's id, "" for this machine (HTTP).
    """

    door: DoorName
    details: tuple[Detail, ...] = ()

    @classmethod
    def osc(cls, transport: str, host: str, port: int, reply_port: int) -> Requester:
        """Return an OSC client."""
        return cls(DoorName.OSC, (transport, host, port, reply_port))

    @classmethod
    def file_request(cls, request_id: str) -> Requester:
        """Return the script that put the request `request_id` into the mailbox."""
        return cls(DoorName.FILES, (request_id,))

    @classmethod
    def live_link(cls, daw: str) -> Requester:
        """Return the DAW whose script stays connected by files."""
        return cls(DoorName.LIVE_LINK, (daw,))

    @classmethod
    def http(cls, key_id: str = "") -> Requester:
        """Return the HTTP client that uses an API key; without one, a program on this machine."""
        return cls(DoorName.HTTP, (key_id,))

    @classmethod
    def of(cls, job: Job) -> Requester | None:
        """Return who asked for `job`; None if its row holds no requester of ours."""
        return cls.from_text(job.client)

    @classmethod
    def from_text(cls, text: str) -> Requester | None:
        """Read what `to_text` wrote; None for any other text."""
        try:
            name, *details = json.loads(text)
            door = DoorName(name)
        except (ValueError, TypeError):
            return None
        kinds = _DETAILS[door]
        fits = len(kinds) == len(details) and all(map(isinstance, details, kinds))
        return cls(door, tuple(details)) if fits else None

    def to_text(self) -> str:
        """Return the text by which a job remembers its requester."""
        return json.dumps([self.door, *self.details])

    def detail_of(self, door: DoorName) -> str | None:
        """Return the first detail as text if the request came through `door`, else None."""
        return str(self.details[0]) if self.door is door else None


WINDOW = Requester(DoorName.WINDOW)
PAD = Requester(DoorName.MIDI)
"""A pad that is pressed while no DAW is connected."""
ABLETON_OSC = Requester(DoorName.ABLETON_OSC)
