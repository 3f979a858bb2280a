"""`companion.json`: the file by which DAW scripts find a running companion; readable by its user alone."""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path

from bridge import __version__
from bridge.home.companion_lock import CompanionLock
from engine.errors import StemBridgeError


def unusable(path: Path, error: OSError) -> StemBridgeError:
    """Return the error for a path in the companion's own folder that cannot be written."""
    return StemBridgeError(
        f"Stem Bridge's own folder cannot be used: {path}: {error.strerror or error}; is its disk full?"
    )


class CompanionFile:
    """A context manager: while it is entered, `companion.json` names a companion that runs: this one, or another one.

    Of several companions of one user the first keeps the file; when it ends, one of the others claims it. The file is
    written atomically with mode 0600.
    """

    def __init__(self, path: Path, osc_port: int, http_port: int, mailbox: Path, lock: CompanionLock) -> None:
        """Prepare the file at `path` for the companion that holds `lock`."""
        self._path = path
        self._lock = lock
        self._text = json.dumps(
            {
                "pid": os.getpid(),
                "version": __version__,
                "osc_port": osc_port,
                "http_port": http_port,
                "token": secrets.token_urlsafe(24),
                "mailbox": str(mailbox),
                "session": lock.name,
            }
        )

    def __enter__(self) -> None:
        self.claim()

    def claim(self) -> bool:
        """Write the file unless it names a companion that runs; return whether it is this companion's then.

        Raises
        ------
        StemBridgeError
            If it cannot be written.
        """
        there = self._read()
        if there == self._text:
            return True
        if there is not None and self._lock.is_alive(_session_of(there)):
            return False
        self._write()
        return True

    def is_mine(self) -> bool:
        """Return whether the file names this companion, after claiming it if no running companion has it."""
        try:
            return self.claim()
        except StemBridgeError:  # a full disk; it is tried again at the next call
            return False

    def _write(self) -> None:
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

    def _read(self) -> str | None:
        try:
            return self._path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            if self._read() == self._text:
                self._path.unlink()


def _session_of(text: str) -> str:
    """Return the name of the lock of the companion that has written `text`, "" if there is none."""
    try:
        return str(json.loads(text)["session"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
