"""The mailbox's folder: `in/` for requests, `out/` for answers.

Whoever writes gives a file its name only when all of it is there (write `x.tmp`, rename). A request is one file,
`<id>.json`, deleted once it has been taken; its answer is `out/<id>.txt`, written anew whenever it changes and
deleted by whoever asked. Everything old is swept, for scripts in DAWs poll these folders.
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

MAX_LETTER_BYTES = 1 << 20
KEEP_STRAY_S = 60.0
"""What is no request (half a file of a script that was ended) goes after this time."""
KEEP_ANSWER_S = 24 * 3600.0
_LETTER = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,63})\.json")


@dataclass(frozen=True, slots=True)
class RequestFile:
    """One request as it lies there; `data` is cut after `MAX_LETTER_BYTES` + 1."""

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

    def letters(self) -> Iterator[RequestFile]:
        """Yield the requests that lie there, oldest name first; one that cannot be read yet comes another time."""
        paths = []
        with suppress(OSError):
            paths = sorted(self._in.iterdir())
        for path in paths:
            match = _LETTER.fullmatch(path.name)
            if match is not None:
                with suppress(OSError), path.open("rb") as file:
                    yield RequestFile(match[1], path, file.read(MAX_LETTER_BYTES + 1))

    def discard(self, letter: RequestFile) -> bool:
        """Take a request out of the way; False if that is not possible just now."""
        try:
            letter.path.unlink(missing_ok=True)
        except OSError:
            return False
        return True

    def answer(self, letter_id: str, text: str) -> bool:
        """Write an answer; False if it cannot be written just now (Windows: while its reader has it open)."""
        path = self._out / f"{letter_id}.txt"
        temporary = path.with_suffix(".tmp")
        try:
            temporary.write_text(text, encoding="utf-8", errors="replace", newline="\n")
            temporary.replace(path)
        except OSError as error:
            log.debug("the answer %s cannot be written yet: %s", letter_id, error)
            return False
        return True

    def sweep(self) -> None:
        """Delete what nobody will come for."""
        for folder, keep_s in ((self._in, KEEP_STRAY_S), (self._out, KEEP_ANSWER_S)):
            with suppress(OSError):
                for path in folder.iterdir():
                    if not _LETTER.fullmatch(path.name) and _age_s(path) > keep_s:
                        path.unlink(missing_ok=True)


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0
