"""The mailbox folder: `in/` for requests, `out/` for replies.

Both sides write a file under another name first and rename it when it is complete (`x.tmp`). A request is one file,
`<id>.json`, deleted once it has been read; its reply is `out/<id>.txt`, replaced whenever it changes and deleted by
the script that asked. Stale files are swept away, since scripts in DAWs poll these folders.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger("stembridge.mailbox")

MAX_REQUEST_BYTES = 1 << 20
KEEP_STRAY_S = 60.0
"""Files that are not requests (partly written by a script that was ended) are deleted after this time."""
KEEP_REPLY_S = 24 * 3600.0
_REQUEST = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,63})\.json")


@dataclass(frozen=True, slots=True)
class RequestFile:
    """One request file and its content, cut off after `MAX_REQUEST_BYTES` + 1 bytes."""

    id: str
    path: Path
    data: bytes


class RequestFolder:
    """One mailbox folder, from the companion's side."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._in = folder / "in"
        self._out = folder / "out"

    def prepare(self) -> None:
        """Make the folders; OSError if that fails."""
        for folder in (self._in, self._out):
            folder.mkdir(parents=True, exist_ok=True)

    def requests(self) -> Iterator[RequestFile]:
        """Yield the waiting requests, lowest name first; one that cannot be read yet is left for the next time."""
        paths = []
        with suppress(OSError):
            paths = sorted(self._in.iterdir())
        for path in paths:
            match = _REQUEST.fullmatch(path.name)
            if match is not None:
                with suppress(OSError), path.open("rb") as file:
                    yield RequestFile(match[1], path, file.read(MAX_REQUEST_BYTES + 1))

    def discard(self, request: RequestFile) -> bool:
        """Delete a request; False if that is not possible just now."""
        try:
            request.path.unlink(missing_ok=True)
        except OSError:
            return False
        return True

    def reply(self, request_id: str, text: str) -> bool:
        """Write a reply; False if it cannot be written just now (Windows: while its reader has it open)."""
        path = self._out / f"{request_id}.txt"
        temporary = path.with_suffix(".tmp")
        try:
            temporary.write_text(text, encoding="utf-8", errors="replace", newline="\n")
            temporary.replace(path)
        except OSError as error:
            log.debug("the reply %s cannot be written yet: %s", request_id, error)
            return False
        return True

    def sweep(self) -> None:
        """Delete stale files."""
        for folder, keep_s in ((self._in, KEEP_STRAY_S), (self._out, KEEP_REPLY_S)):
            with suppress(OSError):
                for path in folder.iterdir():
                    if not _REQUEST.fullmatch(path.name) and _age_s(path) > keep_s:
                        path.unlink(missing_ok=True)


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0
