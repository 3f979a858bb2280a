"""Heartbeats: a file that a running program rewrites every second, with the current time in it.

The time is inside the file because a script in a DAW cannot read a file's date. Both sides use the system clock.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

INTERVAL_S = 1.0
COMPANION = "companion"
_MAX_BYTES = 1000


def heartbeat_file(folder: Path, owner: str) -> Path:
    """Return the path of `owner`'s heartbeat file in the mailbox `folder`."""
    return folder / f"{owner}.alive"


def write_heartbeat(folder: Path, owner: str, *facts: object) -> None:
    """Write the time and `facts`, one per line, to `owner`'s heartbeat file; a failure to write is ignored."""
    text = "\n".join(str(line) for line in (int(time.time()), *facts)) + "\n"
    with suppress(OSError):
        heartbeat_file(folder, owner).write_text(text, encoding="utf-8", newline="\n")


def heartbeat_age_s(folder: Path, owner: str) -> float | None:
    """Return the seconds since `owner`'s last heartbeat (0 if the clock was set back); None if there was none."""
    try:
        with heartbeat_file(folder, owner).open("rb") as file:
            return max(0.0, time.time() - float(file.read(_MAX_BYTES).split()[0]))
    except (OSError, ValueError, IndexError, OverflowError):
        return None
