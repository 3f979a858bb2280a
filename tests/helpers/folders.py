"""Contents of folders, for tests of the files that are written and left."""

from __future__ import annotations

from pathlib import Path


def everything_in(folder: Path) -> list[str]:
    """Return the relative paths of all files and folders in `folder`, with slashes, in order."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def snapshot(root: Path) -> dict[str, bytes | None]:
    """Return the contents of all files below `root` by relative path with slashes, None for a folder."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else None for path in root.rglob("*")
    }
