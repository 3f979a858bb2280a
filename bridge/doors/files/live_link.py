"""Live links to scripts that stay connected: requests bring their DAW's state, orders put takes on its timeline.

All requests of a link have one id. An order looks like the reply of a job that is done, with a `place` line that says
where. It is `out/<id>-<n>.txt`, n counting up from the number that the script has asked for: so the script looks
for one file only, and no order is lost or carried out twice when either side is restarted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.doors.files.reply import order, refusal
from bridge.doors.files.request import FileRequest
from bridge.doors.requester import DoorName, Requester
from bridge.jobs.job import Job, State
from engine.errors import InvalidValue, StemBridgeError

log = logging.getLogger("stembridge.mailbox")

ALIVE_S = 15.0
"""A script that stays connected writes at least every 5 seconds; after this time without it is gone."""
TRIGGER = "trigger"
WORDS = {TRIGGER: "at the beat it was made for", "playhead": "at the playhead", "scene": "in a new scene"}


@dataclass(slots=True)
class _LiveLink:
    id: str
    number: int
    places: tuple[str, ...]
    contact_s: float


class LiveLinks:
    """The live links, one per DAW: the newest script of each."""

    def __init__(self, write: Callable[[str, str], None], clock: Callable[[], float]) -> None:
        """`write(name, text)` puts an order into the mailbox; `clock()` counts seconds."""
        self._write = write
        self._clock = clock
        self._links: dict[str, _LiveLink] = {}

    def note_contact(self, link_id: str, request: FileRequest) -> None:
        """Take the number and the places that a script sends; all its requests have the same id."""
        daw, known = request.state.daw, self._links.get(request.state.daw)
        # Orders since the script wrote its request count as well.
        number = max(request.next, known.number) if known is not None and known.id == link_id else request.next
        self._links[daw] = _LiveLink(link_id, number, request.places, self._clock())

    def place(self, daw: str, manifest: Path, where: str, beat: float) -> None:
        """Order a take onto a DAW's timeline.

        Raises
        ------
        StemBridgeError
            If no script is connected, the DAW cannot put takes there, or the take is not complete.
        """
        link = self._open(daw)
        if link is None:
            raise StemBridgeError(
                f"{daw} does not listen: run its action “Stem Bridge: stay connected”, then send again."
            )
        if where not in link.places:
            known = " or ".join(WORDS.get(place, place) for place in link.places)
            raise StemBridgeError(f"{daw} cannot put a take {WORDS.get(where, where)}; choose {known}.")
        self._order(link, order([manifest], where, beat))

    def refuse(self, daw: str, why: str) -> None:
        """Have a DAW's script, if it is connected, show why something could not be done."""
        link = self._open(daw)
        if link is not None:
            self._order(link, refusal(why))

    def is_open(self, daw: str) -> bool:
        """Return whether a script in this DAW stays connected."""
        return self._open(daw) is not None

    def report(self, job: Job) -> None:
        """Order a finished job's takes onto the timeline of the DAW that requested it; show there why one failed."""
        if job.state is State.DONE:
            try:
                self.bring(job, job.manifests)
            except InvalidValue as error:  # the take has been deleted or moved
                log.warning("a take cannot be brought in: %s", error)
        elif job.state is State.FAILED and (link := self._link_of(job)) is not None:
            self._order(link, refusal(job.message))

    def bring(self, job: Job, manifests: Sequence[str]) -> None:
        """Order takes of a job onto the timeline of the DAW that requested it, at the beat they were made for."""
        link = self._link_of(job)
        if link is not None:
            paths = [Path(path) for path in manifests]
            self._order(link, order(paths, TRIGGER, float(job.spec.start_beat), job.spec.notices))

    def _link_of(self, job: Job) -> _LiveLink | None:
        requester = Requester.of(job)
        daw = requester.detail_of(DoorName.LIVE_LINK) if requester else None
        return None if daw is None else self._open(daw)

    def _open(self, daw: str) -> _LiveLink | None:
        link = self._links.get(daw)
        return link if link is not None and self._clock() - link.contact_s < ALIVE_S else None

    def _order(self, link: _LiveLink, text: str) -> None:
        self._write(f"{link.id}-{link.number}", text)
        link.number += 1
