"""Reading of files that belong to a DAW."""

from __future__ import annotations

from pathlib import Path


def read_foreign(path: Path, max_bytes: int) -> str:
    """Return up to `max_bytes` of a DAW's text file, "" if it cannot be read; invalid UTF-8 is replaced."""
    try:
        with path.open("rb") as file:
            return file.read(max_bytes).decode("utf-8", "replace")
    except OSError:
        return ""
