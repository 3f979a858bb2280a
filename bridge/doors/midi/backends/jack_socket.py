"""Looks for a JACK server without libjack, which writes several lines to standard error where there is none."""

from __future__ import annotations

import ctypes
import glob
import os
import socket
from contextlib import suppress
from pathlib import Path

SOCKETS = Path("/dev/shm")
LIBRARY = "libjack.so.0"
ANSWER_S = 1.0


def jack_answers() -> bool:
    """Return whether a JACK server of this user accepts a connection; a server that was killed leaves its socket."""
    server = glob.escape(os.environ.get("JACK_DEFAULT_SERVER", "default"))
    return any(_accepts(path) for path in SOCKETS.glob(f"jack_{server}_{os.getuid()}_*"))


def _accepts(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(ANSWER_S)
        try:
            connection.connect(str(path))
        except OSError:
            return False
    return True


def prefer_system_libjack() -> None:
    """Load the system's libjack before a wheel does its own, which may speak another protocol than the server."""
    with suppress(OSError):
        ctypes.CDLL(LIBRARY, ctypes.RTLD_GLOBAL)
