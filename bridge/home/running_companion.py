"""Is a companion running, and how is it ended from outside?"""

from __future__ import annotations

import http.client
import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bridge.home.companion_lock import living_sessions
from bridge.home.folders import Folders
from engine.errors import StemBridgeError

ANSWER_TIMEOUT_S = 2.0
STOP_TIMEOUT_S = 30.0
POLL_INTERVAL_S = 0.05


@dataclass(frozen=True, slots=True)
class RunningCompanion:
    """What `companion.json` says of a companion that answers."""

    pid: int
    osc_port: int
    http_port: int


def find_companion(folders: Folders) -> RunningCompanion | None:
    """Return the user's newest companion if it runs; a file that a killed one has left counts for nothing."""
    try:
        told = json.loads(folders.companion_file.read_text(encoding="utf-8"))
        found = RunningCompanion(int(told["pid"]), int(told["osc_port"]), int(told["http_port"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if _answers(found.http_port) else None


def stop_companions(folders: Folders) -> None:
    """End all of the user's companions, as SIGTERM does, and wait for their end.

    Raises
    ------
    StemBridgeError
        If one does not end, or cannot be found.
    """
    found = find_companion(folders)
    for pid in sorted(_holders(folders.sessions) | ({found.pid} if found else set())):
        if pid == os.getpid() or not _end(pid):
            raise StemBridgeError(f"The companion (process {pid}) does not end; end it yourself, then try again.")
    if living_sessions(folders.sessions):
        raise StemBridgeError("A companion is still running: close its window or end it, then try again.")


def is_any_running(folders: Folders) -> bool:
    """Tell if any companion of the user runs."""
    return bool(living_sessions(folders.sessions)) or find_companion(folders) is not None


def _holders(sessions: Path) -> set[int]:
    """Return the processes that hold the lock of a session; only the newest companion is in `companion.json`."""
    import psutil

    locks = {str(sessions / f"{name}.lock") for name in living_sessions(sessions)}
    found = set()
    for process in psutil.process_iter() if locks else ():
        with suppress(psutil.Error, OSError):
            if any(file.path in locks for file in process.open_files()):
                found.add(process.pid)
    return found


def _end(pid: int) -> bool:
    """End a process; tell if it has ended in time. One that nobody has waited for yet (a zombie) has ended."""
    import psutil

    end = time.monotonic() + STOP_TIMEOUT_S
    try:
        process = psutil.Process(pid)
        process.terminate()
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() > end:
                return False
            time.sleep(POLL_INTERVAL_S)
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False
    return True


def _answers(http_port: int) -> bool:
    """Tell if a companion answers on the port."""
    connection = http.client.HTTPConnection("127.0.0.1", http_port, timeout=ANSWER_TIMEOUT_S)
    try:
        connection.request("GET", "/v1/health")
        return "unfinished_jobs" in json.loads(connection.getresponse().read())
    except (OSError, OverflowError, ValueError, TypeError, http.client.HTTPException):
        return False
    finally:
        connection.close()
