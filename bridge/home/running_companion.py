"""Finds running companions and ends them from another process."""

from __future__ import annotations

import http.client
import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bridge.home.companion_lock import held_locks
from bridge.home.folders import Folders
from engine.errors import StemBridgeError

ANSWER_TIMEOUT_S = 2.0
STOP_TIMEOUT_S = 30.0
POLL_INTERVAL_S = 0.05


@dataclass(frozen=True, slots=True)
class RunningCompanion:
    """The process id and ports of a companion that answers, as in `companion.json`."""

    pid: int
    osc_port: int
    http_port: int


def find_companion(folders: Folders) -> RunningCompanion | None:
    """Return the companion that `companion.json` names if it is running; None if that is missing, broken or stale."""
    try:
        content = json.loads(folders.companion_file.read_text(encoding="utf-8"))
        found = RunningCompanion(int(content["pid"]), int(content["osc_port"]), int(content["http_port"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if _answers(found.http_port) else None


def stop_companions(folders: Folders) -> None:
    """Terminate all of the user's companions and wait until they have ended.

    Raises
    ------
    StemBridgeError
        If one does not end in time, is this process, or holds its lock but cannot be found.
    """
    found = find_companion(folders)
    for pid in sorted(_lock_holders(folders.sessions) | ({found.pid} if found else set())):
        if pid == os.getpid() or not _end(pid):
            raise StemBridgeError(f"The companion (process {pid}) does not end; end it yourself, then try again.")
    if held_locks(folders.sessions):
        raise StemBridgeError("A companion is still running: close its window or end it, then try again.")


def is_any_running(folders: Folders) -> bool:
    """Return whether any companion of the user is running."""
    return bool(held_locks(folders.sessions)) or find_companion(folders) is not None


def _lock_holders(sessions: Path) -> set[int]:
    """Return the ids of the processes that hold a companion lock; `companion.json` names only one of them."""
    import psutil

    locks = {str(sessions / f"{name}.lock") for name in held_locks(sessions)}
    found = set()
    for process in psutil.process_iter() if locks else ():
        with suppress(psutil.Error, OSError):
            if any(file.path in locks for file in process.open_files()):
                found.add(process.pid)
    return found


def _end(pid: int) -> bool:
    """Terminate a process; return whether it has ended before the timeout. A zombie counts as ended."""
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
    """Return whether a companion answers on the HTTP port of this machine."""
    connection = http.client.HTTPConnection("127.0.0.1", http_port, timeout=ANSWER_TIMEOUT_S)
    try:
        connection.request("GET", "/v1/health")
        return "unfinished_jobs" in json.loads(connection.getresponse().read())
    except (OSError, OverflowError, ValueError, TypeError, http.client.HTTPException):
        return False
    finally:
        connection.close()
