"""Runs commands in the test's own process: without the second that each new process takes to import the engine.

Exit codes, streams and files are those of a process. Signals, interrupts, and the modules that a command imports need
a real one: `companion_process.run_bridge`.
"""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from bridge.cli.main import main
from engine import interpreter
from tests.helpers.companion_process import environ


def run_here(
    home: Path, *arguments: str, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `stembridge ARGUMENTS` to its end in `home`, which holds all of the user's files.

    `variables` is another environment than that of `companion_process.environ`.
    """
    with _as_a_process(home, environ(home) if variables is None else variables) as (out, err):
        try:
            code = main(arguments)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
    return subprocess.CompletedProcess(arguments, code, out.text(), err.text())


def run_generate(home: Path, *arguments: str) -> dict[str, Any]:
    """Run `generate --json`, which must succeed, and return its document."""
    ended = run_here(home, "generate", *arguments, "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    document: dict[str, Any] = json.loads(ended.stdout)
    return document


def refusal(home: Path, *arguments: str, code: int = 2) -> str:
    """Run a command that must exit with `code` and one line on stderr; return that line."""
    ended = run_here(home, *arguments)
    assert (ended.returncode, ended.stdout, len(ended.stderr.splitlines())) == (code, "", 1), ended
    assert ended.stderr.startswith("stembridge: ")
    return ended.stderr


class _Stream(io.TextIOWrapper):
    """A stream that keeps its text; like a pipe, it is no terminal."""

    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        super().__init__(self._bytes, encoding="utf-8", write_through=True)

    def text(self) -> str:
        return self._bytes.getvalue().decode()


@contextmanager
def _as_a_process(home: Path, variables: Mapping[str, str]) -> Iterator[tuple[_Stream, _Stream]]:
    """Give the block a process's streams, environment, folder and logging; what it changes is undone after it."""
    out, err = _Stream(), _Stream()
    signals = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err), chdir(home):
        for name in set(os.environ) - set(variables):
            patch.delenv(name)
        for name, value in variables.items():
            patch.setenv(name, value)
        patch.setattr(interpreter, "_find", interpreter._find)
        patch.setattr(os, "execve", _not_here)
        root.handlers[:] = []
        try:
            yield out, err
        finally:
            root.handlers[:] = handlers
            root.setLevel(level)
            for number, handler in signals.items():
                signal.signal(number, handler)


def _not_here(*_: object) -> None:
    raise AssertionError("the command would replace this process: it needs a process of its own")
