"""Runs a command again in the Python of the engine environment, where torch and its libraries are installed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from engine.interpreter import environ_with_source, neural_interpreter


def hand_over(words: Sequence[str]) -> int | None:
    """Run `stembridge words…` in the Python of the neural engines; return its exit code, None if that is this Python.

    On POSIX systems this process is replaced by the other one (`execve`), so this does not return.
    """
    other = neural_interpreter()
    if other is None:
        return None
    command = [str(other.program), "-m", "bridge", *words]
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "posix":
        os.execve(command[0], command, environ_with_source())
    return subprocess.run(command, env=environ_with_source(), check=False).returncode
