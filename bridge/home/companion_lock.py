"""The lock of one running companion: a file that is locked while its process lives.

The operating system releases the lock of a process that ends, however it ends, so a stale lock file is recognised.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout


class CompanionLock:
    """The lock of this companion, under a random name; a context manager that releases it."""

    def __init__(self, folder: Path, name: str, lock: FileLock) -> None:
        self.name = name
        self._folder = folder
        self._lock = lock

    @classmethod
    def begin(cls, folder: Path) -> CompanionLock:
        """Create and hold a lock in the folder that all companions of the user share (made if missing)."""
        folder.mkdir(parents=True, exist_ok=True)
        name = secrets.token_hex(8)
        lock = FileLock(folder / f"{name}.lock")
        lock.acquire(timeout=0)
        return cls(folder, name, lock)

    def is_alive(self, name: str) -> bool:
        """Return whether the companion that holds the lock `name` is running: this one or another one."""
        return name == self.name or (re.fullmatch(r"[0-9a-f]{16}", name) is not None and not self._is_dead(name))

    def dead(self, names: Iterable[str]) -> list[str]:
        """Return those of `names` whose companion is no longer running."""
        return [name for name in names if name != self.name and self._is_dead(name)]

    def _is_dead(self, name: str) -> bool:
        return _is_free(self._folder / f"{name}.lock")

    def __enter__(self) -> CompanionLock:
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()
        with suppress(OSError):
            (self._folder / f"{self.name}.lock").unlink(missing_ok=True)


def held_locks(folder: Path) -> list[str]:
    """Return the names of all locks in the folder whose companion is running; deletes the stale ones."""
    return [path.stem for path in sorted(folder.glob("*.lock")) if not _is_free(path)]


def _is_free(path: Path) -> bool:
    """Return whether no process holds the lock; its file is deleted then."""
    try:
        with FileLock(path, timeout=0):
            pass
    except Timeout:
        return False
    with suppress(OSError):
        path.unlink(missing_ok=True)
    return True
