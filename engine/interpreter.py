"""Which Python the neural engines run in: this one, or that of an environment that was made for them.

Whoever starts the program says where to look (`look_with`); the others ask (`neural`). Nothing is remembered, because
the environment may be made or deleted while the program runs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The folder that `engine` is imported from: another Python finds it by the variable PYTHONPATH."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python with torch: its program, the folder of its packages, and what changes whenever these do."""

    program: Path
    packages: Path
    stamp: str = ""


Find = Callable[[], Interpreter | None]


def _nowhere() -> Interpreter | None:
    return None


_find: Find = _nowhere


def look_with(find: Find) -> None:
    """Let `find()` say which other Python runs the neural engines; None = this one."""
    global _find
    _find = find


def neural() -> Interpreter | None:
    """Return the other Python that runs the neural engines; None = this one."""
    found = _find()
    return None if found is None or _is_this(found.program) else found


def neural_program() -> str:
    """Return the program of the Python that runs the neural engines."""
    other = neural()
    return str(other.program) if other else sys.executable


def environ_with_source(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return variables under which another Python imports these very modules."""
    path = os.pathsep.join(filter(None, (str(ROOT), environ.get("PYTHONPATH"))))
    # A bundle is signed and removed as it was installed: nothing is added to it.
    quiet = {"PYTHONDONTWRITEBYTECODE": "1"} if getattr(sys, "frozen", False) else {}
    return {**environ, **quiet, "PYTHONPATH": path}


def run_module(program: str | Path, words: Sequence[str], timeout_s: float) -> subprocess.CompletedProcess[str]:
    """Run `python -m words…` with that Python and these modules; both outputs are captured."""
    return subprocess.run(
        [str(program), "-m", *words],
        env=environ_with_source(),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def _is_this(program: Path) -> bool:
    """Tell if `program` is the Python that runs this; environments are told apart by their folder, not by links."""
    return os.path.normcase(program.parent) == os.path.normcase(Path(sys.executable).parent)
