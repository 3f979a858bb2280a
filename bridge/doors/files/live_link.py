"""Lines to scripts that stay connected: letters tell their DAW's state, orders tell them what to put on its timeline.

All letters of a line have one id. An order looks like the answer of a job that is done, with a `place` line that says
where. It is `out/<id>-<n>.txt`, n counting up from the number that the script has said it waits for: so the script
looks for one file only, and no order is lost or done twice when either side is ended.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.doors.files.reply import order, refusal
from bridge.doors.files.request import FileRequest
from bridge.jobs.job import Job, State
from engine.errors import InvalidValue, StemBridgeError

log = logging.getLogger("stembridge.mailbox")

ALIVE_S = 15.0
"""A script that stays connected writes at least every 5 seconds; who has not for so long is gone."""
TRIGGER = "trigger"
WORDS = {TRIGGER: "at the beat it was made for", "playhead": "at the playhead", "scene": "in a new scene"}
_KIND = "line"


def client_of(daw: str) -> str:
    """Return the name of jobs that are asked for on behalf of a DAW that is in touch by the mailbox."""
    return json.dumps([_KIND, daw])


def _daw_of(client: str) -> str | None:
    try:
        kind, daw = json.loads(client)
    except (ValueError, TypeError):
        return None
    return str(daw) if kind == _KIND else None


@dataclass(slots=True)
class _LiveLink:
    id: str
    number: int
    places: tuple[str, ...]
    heard_s: float


class LiveLinks:
    """The lines, one per DAW: the newest script of each."""

    def __init__(self, write: Callable[[str, str], None], clock: Callable[[], float] = time.monotonic) -> None:
        """`write(name, text)` puts an order into the mailbox."""
        self._write = write
        self._clock = clock
        self._lines: dict[str, _LiveLink] = {}

    def hear(self, line_id: str, letter: FileRequest) -> None:
        """Take what a script says of its line: all its letters have the same id."""
        daw, known = letter.state.daw, self._lines.get(letter.state.daw)
        # What has been ordered since the script wrote its letter counts as well.
        number = max(letter.next, known.number) if known is not None and known.id == line_id else letter.next
        self._lines[daw] = _LiveLink(line_id, number, letter.places, self._clock())

    def place(self, daw: str, manifest: Path, where: str, beat: float) -> None:
        """Order a take onto a DAW's timeline.

        Raises
        ------
        StemBridgeError
            If nobody listens, the DAW does not know such a place, or the take is not complete.
        """
        line = self._open(daw)
        if line is None:
            raise StemBridgeError(
                f"{daw} does not listen: run its action “Stem Bridge: stay connected”, then send again."
            )
        if where not in line.places:
            known = " or ".join(WORDS.get(place, place) for place in line.places)
            raise StemBridgeError(f"{daw} cannot put a take {WORDS.get(where, where)}; choose {known}.")
        self._order(line, order([manifest], where, beat))

    def refuse(self, daw: str, why: str) -> None:
        """Have a DAW's script, if it listens, show why something could not be done."""
        line = self._open(daw)
        if line is not None:
            self._order(line, refusal(why))

    def is_open(self, daw: str) -> bool:
        """Tell if a script listens in this DAW."""
        return self._open(daw) is not None

    def tell(self, job: Job) -> None:
        """Order the takes of a job that was asked for on behalf of a DAW; a failure is told there as well."""
        if job.state is State.DONE:
            try:
                self.bring(job, job.manifests)
            except InvalidValue as error:  # somebody has taken the take away
                log.warning("a take cannot be brought in: %s", error)
        elif job.state is State.FAILED and (line := self._line_of(job)) is not None:
            self._order(line, refusal(job.message))

    def bring(self, job: Job, manifests: Sequence[str]) -> None:
        """Order takes of a job to the beat they were made for."""
        line = self._line_of(job)
        if line is not None:
            paths = [Path(path) for path in manifests]
            self._order(line, order(paths, TRIGGER, float(job.spec.start_beat), job.spec.notices))

    def _line_of(self, job: Job) -> _LiveLink | None:
        daw = _daw_of(job.client)
        return None if daw is None else self._open(daw)

    def _open(self, daw: str) -> _LiveLink | None:
        line = self._lines.get(daw)
        return line if line is not None and self._clock() - line.heard_s < ALIVE_S else None

    def _order(self, line: _LiveLink, text: str) -> None:
        self._write(f"{line.id}-{line.number}", text)
        line.number += 1
