"""Finds the files and folders of Stem Bridge, in groups that the user keeps or deletes as a whole."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from bridge.home.file_versions import BACKUPS
from bridge.home.folders import MODELS_VARIABLE, Folders

OWN, ENGINE, MODELS, SETTINGS, TAKES = "own files", "engine environment", "models", "settings", "takes"

GROUPS: dict[str, tuple[str, ...]] = {
    OWN: (
        "companion_file",
        "database",
        "sessions",
        "keys",
        "mailbox",
        "http_takes",
        "http_audio",
        "window_memory",
        "waveforms",
        "daw_places",
        "sources",
    ),
    ENGINE: ("engine",),
    MODELS: ("models",),
    SETTINGS: ("settings", "presets", "styles", "midi_map", "genre_map"),
    TAKES: ("takes",),
}
"""Group → the properties of `Folders` in it. A test checks that each property is in exactly one group."""

_BESIDE = ("-wal", "-shm", "-journal", ".lock")
"""Endings of lock files, and of the files that SQLite keeps beside a database ("Temporary Files Used By SQLite")."""
_HALF_WRITTEN = re.compile(r"\.[0-9a-f]{8,32}\.tmp")
"""Names of temporary files that an interrupted write has left."""


@dataclass(frozen=True, slots=True)
class Belongings:
    """The existing files and folders of one group; `size_bytes` is their total size."""

    group: str
    paths: tuple[Path, ...]
    size_bytes: int


def find_belongings(folders: Folders) -> dict[str, Belongings]:
    """Return the existing files and folders, by group.

    Models in a folder of the user's choice are left out: other programs may share it.
    """
    found = {}
    for group, names in GROUPS.items():
        known = [getattr(folders, name) for name in names]
        paths = [path for one in known for path in _with_companions(one)]
        if group == OWN:
            paths += [path for folder in (folders.data, folders.config) for path in _half_written(folder)]
        if group == MODELS and os.environ.get(MODELS_VARIABLE):
            paths = []
        found[group] = Belongings(group, tuple(paths), sum(map(size_bytes, paths)))
    return found


def leftovers(folders: Folders) -> list[Path]:
    """Return the contents of Stem Bridge's two folders: after a deletion, the kept and the foreign files."""
    return sorted(path for folder in (folders.data, folders.config) for path in _entries(folder))


def count_takes(folders: Folders) -> int:
    """Return the number of takes in Stem Bridge's own folder."""
    from bridge.takes.take import MANIFEST

    return sum(1 for _ in folders.takes.rglob(MANIFEST))


def size_bytes(path: Path) -> int:
    """Return the size of a file, or of all files below a folder; unreadable ones count as 0."""
    if path.is_symlink() or not path.is_dir():
        return _file_bytes(path)
    return sum(_file_bytes(Path(root, name)) for root, _, names in os.walk(path) for name in names)


def _file_bytes(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _with_companions(path: Path) -> list[Path]:
    """Return `path`, its lock, SQLite's files and backups, those that exist."""
    beside = [path.with_name(path.name + ending) for ending in _BESIDE]
    backups = sorted(path.parent.glob(BACKUPS.format(name=path.name)))
    return [one for one in (path, *beside, *backups) if os.path.lexists(one)]


def _half_written(folder: Path) -> list[Path]:
    return [path for path in _entries(folder) if _HALF_WRITTEN.fullmatch(path.name)]


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
