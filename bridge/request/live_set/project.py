"""Finds the Live set of a project folder: the one saved last."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from bridge.request.live_set.liveset import SavedSet, read_set

SUFFIX = ".als"
CACHE_SIZE = 16


def newest_set(project: Path) -> SavedSet | None:
    """Return the set in `project` that was saved last, None if there is none; Live's `Backup` folder is ignored.

    Raises
    ------
    InvalidValue
        If that set cannot be read.
    """
    try:
        files = [path for path in project.iterdir() if path.suffix.lower() == SUFFIX and path.is_file()]
        saved = [(path.stat().st_mtime_ns, path) for path in files if not path.name.startswith(".")]
    except OSError:
        return None
    if not saved:
        return None
    changed_ns, path = max(saved)
    return _read_once(path, changed_ns)


@lru_cache(CACHE_SIZE)
def _read_once(path: Path, _changed_ns: int) -> SavedSet:
    """Read a set, cached by its path and modification time."""
    return read_set(path)
