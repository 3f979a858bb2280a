"""`companion.json`: the file by which DAW scripts find a running companion; readable by its user alone."""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path

from bridge import __version__
from engine.errors import StemBridgeError


def unusable(path: Path, error: OSError) -> StemBridgeError:
    """Return the error for a path in the companion's own folder that cannot be written."""
    return StemBridgeError(
        f"Stem Bridge's own folder cannot be used: {path}: {error.strerror or error}; is its disk full?"
    )


class CompanionFile:
    """A context manager: `companion.json` exists while it is entered, written atomically with mode 0600."""

    def __init__(self, path: Path, osc_port: int, http_port: int, mailbox: Path) -> None:
        self._path = path
        self._text = json.dumps(
            {
                "pid": os.getpid(),
                "version": __version__,
                "osc_port": osc_port,
                "http_port": http_port,
                "token": secrets.token_urlsafe(24),
                "mailbox": str(mailbox),
            }
        )

    def __enter__(self) -> None:
        temporary = self._path.with_name(f".{secrets.token_hex(4)}.tmp")
        try:
            with os.fdopen(
                os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
            ) as file:
                file.write(self._text)
            temporary.replace(self._path)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise unusable(self._path, error) from None

    def is_there(self) -> bool:
        """Return whether the file is still this companion's: a companion that starts later overwrites it."""
        try:
            return self._path.read_text(encoding="utf-8") == self._text
        except OSError:
            return False

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            if self.is_there():
                self._path.unlink()
