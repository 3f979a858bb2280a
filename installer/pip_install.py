"""Runs pip so that its user sees what happens, and recognises that there is no network. Standard library only."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

NO_NETWORK = re.compile(
    r"NameResolutionError|Temporary failure in name resolution|Name or service not known|getaddrinfo failed"
    r"|nodename nor servname|NewConnectionError|Failed to establish a new connection|Network is unreachable"
    r"|ConnectTimeoutError|No route to host|ProxyError"
)
"""Parts of what pip prints where it cannot reach its index."""

_FETCHED = re.compile(
    r"\s*(?:Downloading|Using cached) (?:\S+/)?([A-Za-z0-9_.]+)-\d\S*\.(?:whl|tar\.gz|zip) \((.+)\)"
)
_INSTALLING = re.compile(r"Installing collected packages: (.+)")


class PipFailed(Exception):
    """Pip has failed; `str(error)` is the sentence for the user."""


def pip_install(python: Path, arguments: list[str]) -> None:
    """Run `pip install` with these arguments; show its own progress on a terminal, else a line for each step.

    Raises
    ------
    PipFailed
        If it fails. Pip's own words are printed first, unless there is no network.
    """
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", *arguments]
    is_terminal = sys.stdout.isatty()
    process = subprocess.Popen(
        command,
        stdout=None if is_terminal else subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=dict(os.environ) if is_terminal else {**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    errors: list[str] = []
    assert process.stderr is not None
    reader = threading.Thread(target=_collect, args=(process.stderr, errors))
    reader.start()
    lines = _show_steps(process.stdout) if process.stdout else []
    code = process.wait()
    reader.join()
    process.stderr.close()
    if code:
        raise PipFailed(_sentence(code, lines + errors))


def show_step(line: str) -> str:
    """Return a line of pip's as a step for the user, "" if it is none."""
    if fetched := _FETCHED.match(line):
        return f"fetching {fetched[1]} ({fetched[2]})"
    if installing := _INSTALLING.match(line):
        return f"putting {len(installing[1].split(','))} packages in place"
    return ""


def _show_steps(output: TextIO) -> list[str]:
    lines = []
    with output:
        for line in output:
            lines.append(line)
            if step := show_step(line):
                print(f"setup: {step}", file=sys.stderr, flush=True)
    return lines


def _collect(stream: Iterable[str], into: list[str]) -> None:
    """Collect pip's errors; it hides for many seconds that it tries again."""
    for line in stream:
        if "Retrying" in line and not any("Retrying" in earlier for earlier in into):
            print("setup: the network does not answer; trying again", file=sys.stderr, flush=True)
        into.append(line)


def _sentence(code: int, lines: list[str]) -> str:
    """Return the sentence on a failure; print pip's words where they are needed to understand it."""
    if NO_NETWORK.search("".join(lines)):
        return "there is no network: the packages could not be fetched. Connect, then give the same command again."
    for line in lines:
        if "likely not a problem with pip" not in line:
            print(line, end="", file=sys.stderr)
    return f"the packages could not be installed (pip ended with {code}); its message stands above."
