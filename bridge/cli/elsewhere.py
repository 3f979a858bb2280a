"""Gives a command to the engine environment's Python, where what it needs is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from engine.interpreter import environ_with_source, neural_interpreter


def hand_over(words: Sequence[str]) -> int | None:
    """Run `stembridge words…` in the Python that runs the neural engines; None if that is this one.

    Where a process can become another one, this does not return.
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
