"""What a file of tests has left open: processes that it has started, and sockets that listen in this process."""

from __future__ import annotations

import psutil

from tests.helpers.waiting import poll

END_S = 20.0
"""Time for what was told to end just before."""
HELPERS_OF_LIBRARIES = ("resource_tracker", "torch/_inductor", "multiprocessing.forkserver")

kept_pids: set[int] = set()
"""Processes of fixtures whose scope is the whole session."""
_reported: set[str] = set()


def left_open() -> list[str]:
    """Return what is still open, each thing once: the next file is not blamed for it."""
    poll(lambda: not _new(), END_S)
    found = _new()
    _reported.update(found)
    return sorted(found)


def _new() -> set[str]:
    return ({*_processes(), *_listening()}) - _reported


def _processes() -> list[str]:
    found = []
    for process in psutil.Process().children():
        try:
            words = " ".join(process.cmdline())
            if process.status() == psutil.STATUS_ZOMBIE or any(name in words for name in HELPERS_OF_LIBRARIES):
                continue
        except psutil.Error:
            continue
        if process.pid not in kept_pids:
            found.append(f"the process {process.pid}: {words}")
    return found


def _listening() -> list[str]:
    sockets = psutil.Process().net_connections("tcp")
    return [f"a socket that listens on port {one.laddr.port}" for one in sockets if one.status == psutil.CONN_LISTEN]
