"""One companion's life: a locked file for as long as it runs. The system drops the lock of a process that died."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout


class CompanionLock:
    """The life of this companion; a context manager that ends it."""

    def __init__(self, folder: Path, name: str, lock: FileLock) -> None:
        self.name = name
        self._folder = folder
        self._lock = lock

    @classmethod
    def begin(cls, folder: Path) -> CompanionLock:
        """Begin a session in the folder that all companions of the user share (made if missing)."""
        folder.mkdir(parents=True, exist_ok=True)
        name = secrets.token_hex(8)
        lock = FileLock(folder / f"{name}.lock")
        lock.acquire(timeout=0)
        return cls(folder, name, lock)

    def dead(self, names: Iterable[str]) -> list[str]:
        """Return those of `names` whose companion runs no more."""
        return [name for name in names if name != self.name and self._is_dead(name)]

    def _is_dead(self, name: str) -> bool:
        return _is_free(self._folder / f"{name}.lock")

    def __enter__(self) -> CompanionLock:
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()
        with suppress(OSError):
            (self._folder / f"{self.name}.lock").unlink(missing_ok=True)


def living_sessions(folder: Path) -> list[str]:
    """Return the names of all sessions in the folder whose companion runs; locks of dead ones are cleared away."""
    return [path.stem for path in sorted(folder.glob("*.lock")) if not _is_free(path)]


def _is_free(path: Path) -> bool:
    """Tell if nobody holds a lock; its file is gone then."""
    try:
        with FileLock(path, timeout=0):
            pass
    except Timeout:
        return False
    with suppress(OSError):
        path.unlink(missing_ok=True)
    return True
