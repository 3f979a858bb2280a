"""The Python interpreter for the neural engines: this one, or that of an environment that was made for them.

The program sets a callback at its start (`set_neural_finder`), and `neural_interpreter` calls it each time. Nothing
is cached, because the environment may be created or deleted while the program runs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The folder that contains `engine`; another Python gets it through the variable PYTHONPATH."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python with torch: its executable, its packages' folder, and a stamp that changes with the packages."""

    program: Path
    packages: Path
    stamp: str = ""


Find = Callable[[], Interpreter | None]


def _no_other_interpreter() -> Interpreter | None:
    return None


_find: Find = _no_other_interpreter


def set_neural_finder(find: Find) -> None:
    """Set the callback that returns the other Python for the neural engines; None = this one."""
    global _find
    _find = find


def neural_interpreter() -> Interpreter | None:
    """Return the other Python that runs the neural engines; None = this one."""
    found = _find()
    return None if found is None or _is_this(found.program) else found


def neural_program() -> str:
    """Return the executable of the Python that runs the neural engines."""
    other = neural_interpreter()
    return str(other.program) if other else sys.executable


def environ_with_source(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return `environ` changed so that another Python imports these modules."""
    path = os.pathsep.join(filter(None, (str(ROOT), environ.get("PYTHONPATH"))))
    # A bundle is signed, and removed file by file as it was installed: no bytecode may be added to it.
    quiet = {"PYTHONDONTWRITEBYTECODE": "1"} if getattr(sys, "frozen", False) else {}
    return {**environ, **quiet, "PYTHONPATH": path}


def run_module(program: str | Path, words: Sequence[str], timeout_s: float) -> subprocess.CompletedProcess[str]:
    """Run `program -m words…` with these modules on its path, capturing stdout and stderr."""
    return subprocess.run(
        [str(program), "-m", *words],
        env=environ_with_source(),
        capture_output=True,
        text=True,
        errors="replace",  # its encoding may be another one
        timeout=timeout_s,
        check=False,
    )


def _is_this(program: Path) -> bool:
    """Return whether `program` is this Python. Environments differ by folder; links are not resolved."""
    return os.path.normcase(program.parent) == os.path.normcase(Path(sys.executable).parent)
