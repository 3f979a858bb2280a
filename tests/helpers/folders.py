"""Contents of folders, for tests of what is written and what is left."""

from __future__ import annotations

from pathlib import Path


def everything_in(folder: Path) -> list[str]:
    """Return the relative paths of all files and folders in `folder`, with slashes, in order."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
