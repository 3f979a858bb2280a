"""Runs an installing program: passes its output lines on, keeps them in a log, and ends it with its caller."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from bridge.upkeep.engine_env.record import EnvironmentFault

TICK_S = 0.4
END_GRACE_S = 5.0
LAST_LINES = 12


def run_program(
    command: Sequence[str],
    environ: Mapping[str, str],
    log: Path,
    on_line: Callable[[str], None],
    on_start: Callable[[int], None] = lambda _pid: None,
) -> None:
    """Run `command` to its end; `on_line` receives every output line, and "" after every `TICK_S` without one.

    An exception out of `on_line` ends the program with its child processes and is passed on to the caller.

    Raises
    ------
    EnvironmentFault
        If it cannot be started or fails.
    """
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {' '.join(command)}\n")
        try:
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                env={**os.environ, **environ},
                start_new_session=True,
            )
        except OSError as error:
            raise EnvironmentFault(f"{command[0]} cannot be run ({error.strerror or error}).") from None
        try:
            on_start(process.pid)
            last = _follow(process, file, on_line)
            code = process.wait()
        except BaseException:
            end_group(process.pid)
            process.wait()
            raise
    if code:
        raise EnvironmentFault(f"{_sentence(last)} (exit code {code}). All that was said: {log}")


def end_group(pid: int) -> None:
    """End a process of `run_program` and its child processes; does nothing if it has already ended."""
    if os.name == "nt":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(pid)], capture_output=True, check=False)
        return
    import psutil

    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGTERM)
    with suppress(psutil.Error):
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        psutil.wait_procs(family, timeout=END_GRACE_S)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _follow(process: subprocess.Popen[str], file: IO[str], on_line: Callable[[str], None]) -> list[str]:
    """Pass the lines on until the output ends; return the last ones."""
    lines: queue.Queue[str | None] = queue.Queue()
    reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
    reader.start()
    last: list[str] = []
    while True:
        try:
            line = lines.get(timeout=TICK_S)
        except queue.Empty:
            on_line("")
            continue
        if line is None:
            reader.join()
            return last
        if not line.startswith("Progress "):
            file.write(line + "\n")
            file.flush()
            last = [*last, line][-LAST_LINES:]
        on_line(line)


def _read(stream: IO[str] | None, lines: queue.Queue[str | None]) -> None:
    assert stream is not None
    with stream:
        for line in stream:
            lines.put(line.rstrip("\n"))
    lines.put(None)


def _sentence(last: Sequence[str]) -> str:
    """Return an error sentence for the user from the last lines."""
    text = "\n".join(last)
    for sign, sentence in _KNOWN.items():
        if sign in text:
            return sentence
    error = next((line for line in reversed(last) if line.startswith(("ERROR", "error", "  ×"))), "")
    return error.removeprefix("ERROR: ").strip() or (last[-1].strip() if last else "It failed without a word")


_OFFLINE = "The package index cannot be reached; what has arrived is kept, go on when there is a network"
_NO_PYTHON = (
    "There is no Python 3.11–3.13 here and none could be fetched; install one, or go on when there is a network"
)
_KNOWN = {
    "python-build-standalone": _NO_PYTHON,
    "No interpreter found": _NO_PYTHON,
    "No space left on device": "The disk is full; what has arrived is kept, make room and go on",
    "NewConnectionError": _OFFLINE,
    "Could not connect": _OFFLINE,
    "client error (Connect)": _OFFLINE,
    "ReadTimeoutError": "The package index has stopped answering; what has arrived is kept, go on later",
}
"""Part of a message of pip, uv or the system → sentence for the user."""
