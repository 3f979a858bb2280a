"""Answers to clients that can send OSC but not hear it, as Lua in Ardour: the newest messages of each, as a file.

A client gets a box by naming it in `/hello`. `to/<box>.txt` in the mailbox's folder has the form of the mailbox's
answers: the first line is `stembridge`, the form's number and the number of the newest message; then a line for each
message, with its number, its address without `/stembridge` and its values; the last line is `end`. Numbers only rise,
also over companions and deleted files. Of what only says how it stands now, the newest is kept.
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
from bridge.doors.osc.decode import Received, read_packet
from bridge.doors.osc.server import Peer
from bridge.doors.osc.table import PREFIX
from engine.errors import InvalidValue

log = logging.getLogger("stembridge.osc")

TRANSPORT = "box"
FLUSH_INTERVAL_S = 0.2
MAX_MESSAGES = 200
KEEP_S = 30 * 24 * 3600.0
"""As long as jobs are remembered."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_PROGRESS = "/job/progress"
_STANDINGS = {_PROGRESS: 1, "/welcome": 0, "/pong": 0, "/status": 0}
"""Messages that replace an older one: by address, and how many of its values name what it is about."""
Message = tuple[int, str, tuple[str, ...]]
"""Number, address, and the values as they stand in the file."""


def box_peer(name: str) -> Peer:
    """Return the peer whose answers lie in the box `name`.

    Raises
    ------
    InvalidValue
        If that is no name for a file everywhere.
    """
    if not _NAME.fullmatch(name):
        raise InvalidValue("box", name, "1–64 letters, digits, - or _")
    return Peer(TRANSPORT, name, 0)


class ReplyFiles:
    """All boxes of one mailbox folder."""

    def __init__(self, mailbox: Path) -> None:
        self._folder = mailbox / "to"
        self._boxes: dict[str, list[Message]] = {}
        self._unwritten: set[str] = set()

    def prepare(self) -> None:
        """Make the folder and delete what nobody will come for; OSError if that fails."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in self._folder.iterdir():
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > KEEP_S:
                    path.unlink(missing_ok=True)

    def put(self, box: str, packet: bytes) -> None:
        """Add what `packet` says to a box; progress is written at the next `flush`, everything else at once."""
        messages = self._boxes.get(box)
        if messages is None:
            messages = self._boxes[box] = self._read(box)
        addresses = {self._add(messages, message) for message in read_packet(packet) if isinstance(message, Received)}
        del messages[:-MAX_MESSAGES]
        self._unwritten.add(box)
        if addresses != {_PROGRESS}:
            self.flush()

    def flush(self) -> None:
        """Write every box that has changed; one that cannot be written now (its reader has it open) comes again."""
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

    def _add(self, messages: list[Message], message: Received) -> str:
        address = message.address.removeprefix(PREFIX)
        values = tuple(map(escape_field, message.values))
        named = _STANDINGS.get(address)
        if named is not None:
            messages[:] = [m for m in messages if (m[1], m[2][:named]) != (address, values[:named])]
        # The clock, so that numbers rise even when a box has been deleted.
        last = messages[-1][0] if messages else 0
        messages.append((max(last + 1, time.time_ns() // 1_000_000), address, values))
        return address

    def _read(self, box: str) -> list[Message]:
        """Return what a companion before this one has left."""
        try:
            text = (self._folder / f"{box}.txt").read_text(encoding="utf-8")
            return list(_messages(text.split("\n")[1:-2]))
        except (OSError, ValueError):
            return []


def _messages(lines: Iterable[str]) -> Iterable[Message]:
    for line in lines:
        number, address, *values = line.split("\t")
        yield int(number), address, tuple(values)
