"""Files of DAWs themselves, which we only look at."""

from __future__ import annotations

from pathlib import Path


def read_foreign(path: Path, max_bytes: int) -> str:
    """Return the beginning of a DAW's own text file, "" if it cannot be read; what is no UTF-8 in it is replaced."""
    try:
        with path.open("rb") as file:
            return file.read(max_bytes).decode("utf-8", "replace")
    except OSError:
        return ""
