"""Reply files for clients that can send OSC but not receive it, as Lua in Ardour: the newest messages for each.

A client gets such a file, its box, by naming it in `/hello`. `to/<box>.txt` in the mailbox has the format of the
replies there: the first line is `stembridge`, the format's number and the number of the newest message; then a line
for each message, with its number, its address without `/stembridge` and its values; the last line is `end`. Numbers
only rise, even when the companion was restarted or the file deleted. Of messages that report a current status only
the newest is kept.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from bridge.doors.files.reply import FORMAT, escape_field
from bridge.doors.osc.encode import Outgoing, values_received
from bridge.doors.osc.server import Peer
from engine.errors import InvalidValue

log = logging.getLogger("stembridge.osc")

TRANSPORT = "box"
FLUSH_INTERVAL_S = 0.2
MAX_MESSAGES = 200
KEEP_S = 30 * 24 * 3600.0
"""As long as jobs are remembered."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_PROGRESS = "/job/progress"
_REPLACING = {_PROGRESS: 1, "/welcome": 0, "/pong": 0, "/status": 0}
"""Addresses whose newer messages replace older ones, and how many leading values must be equal for that."""
ReplyLine = tuple[int, str, tuple[str, ...]]
"""A message in the file: its number, address, and values as text."""


def box_peer(name: str) -> Peer:
    """Return the peer whose replies go to the box `name`.

    Raises
    ------
    InvalidValue
        If that is not a valid file name on every system.
    """
    if not _NAME.fullmatch(name):
        raise InvalidValue("box", name, "1–64 letters, digits, - or _")
    return Peer(TRANSPORT, name, 0)


class ReplyFiles:
    """All boxes in one mailbox folder."""

    def __init__(self, mailbox: Path) -> None:
        self._folder = mailbox / "to"
        self._boxes: dict[str, list[ReplyLine]] = {}
        self._unwritten: set[str] = set()

    def prepare(self) -> None:
        """Make the folder and delete stale boxes; OSError if that fails."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in self._folder.iterdir():
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > KEEP_S:
                    path.unlink(missing_ok=True)

    def put(self, box: str, message: Outgoing) -> None:
        """Add a message to a box; progress is written at the next `flush`, everything else at once."""
        lines = self._boxes.get(box)
        if lines is None:
            lines = self._boxes[box] = self._read(box)
        _add(lines, message)
        del lines[:-MAX_MESSAGES]
        self._unwritten.add(box)
        if message.address != _PROGRESS:
            self.flush()

    def flush(self) -> None:
        """Write every box that has changed; one that cannot be written now (its reader has it open) is retried."""
        for box in list(self._unwritten):
            messages = self._boxes[box]
            path = self._folder / f"{box}.txt"
            temporary = path.with_suffix(".tmp")
            lines = [f"stembridge\t{FORMAT}\t{messages[-1][0]}"]
            lines += ["\t".join((str(number), address, *values)) for number, address, values in messages]
            try:
                text = "\n".join([*lines, "end", ""])
                temporary.write_text(text, encoding="utf-8", errors="replace", newline="\n")
                temporary.replace(path)
                self._unwritten.discard(box)
            except OSError as error:
                log.debug("the box %s cannot be written yet: %s", box, error)

    async def run(self) -> None:
        """Flush regularly until cancelled."""
        while True:
            self.flush()
            await asyncio.sleep(FLUSH_INTERVAL_S)

    def _read(self, box: str) -> list[ReplyLine]:
        """Return the messages that an earlier companion wrote; none if the file is missing or broken."""
        try:
            text = (self._folder / f"{box}.txt").read_text(encoding="utf-8")
            return list(_lines(text.split("\n")[1:-2]))
        except (OSError, ValueError):
            return []


def _add(lines: list[ReplyLine], message: Outgoing) -> None:
    values = tuple(map(escape_field, values_received(message)))
    equal = _REPLACING.get(message.address)
    if equal is not None:
        lines[:] = [line for line in lines if (line[1], line[2][:equal]) != (message.address, values[:equal])]
    # Milliseconds since 1970, so that numbers rise even when a box has been deleted.
    last = lines[-1][0] if lines else 0
    lines.append((max(last + 1, time.time_ns() // 1_000_000), message.address, values))


def _lines(text_lines: Iterable[str]) -> Iterable[ReplyLine]:
    for line in text_lines:
        number, address, *values = line.split("\t")
        yield int(number), address, tuple(values)
