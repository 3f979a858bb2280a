"""Signs of life: a file that whoever lives writes anew every second, with the time in it.

The time is in the file because a script in a DAW cannot ask for a file's date. Both sides run on one clock.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

INTERVAL_S = 1.0
COMPANION = "companion"
_MAX_BYTES = 1000


def heartbeat_file(folder: Path, who: str) -> Path:
    """Return where `who` shows signs of life in the mailbox `folder`."""
    return folder / f"{who}.alive"


def write_heartbeat(folder: Path, who: str, *facts: object) -> None:
    """Say that `who` lives; `facts` are further lines. Harmless where the file cannot be written just now."""
    text = "\n".join(str(line) for line in (int(time.time()), *facts)) + "\n"
    with suppress(OSError):
        heartbeat_file(folder, who).write_text(text, encoding="utf-8", newline="\n")


def last_heard_s(folder: Path, who: str) -> float | None:
    """Return how many seconds ago `who` last showed life (0 for a clock that was set back); None if never."""
    try:
        with heartbeat_file(folder, who).open("rb") as file:
            return max(0.0, time.time() - float(file.read(_MAX_BYTES).split()[0]))
    except (OSError, ValueError, IndexError, OverflowError):
        return None
