"""The command line that starts this very program, as its user can copy it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from bridge.cli.command_table import PROGRAM


def own_command(*words: str) -> str:
    """Return `stembridge words…` with the program's path where its name alone would not be found."""
    script = Path(sys.executable).with_name(PROGRAM + (".exe" if os.name == "nt" else ""))
    if getattr(sys, "frozen", False):
        program = [sys.executable]
    elif not script.is_file():
        program = [sys.executable, "-m", "bridge"]
    elif same_file(shutil.which(PROGRAM), script):
        program = [PROGRAM]
    else:
        program = [str(script)]
    return copyable([*program, *words])


def same_file(found: str | None, path: Path) -> bool:
    """Return whether `found` is the file `path`."""
    return found is not None and Path(found).resolve() == path.resolve()


def copyable(words: list[str]) -> str:
    """Return words as one line for the system's own shell, quoted where they have to be."""
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
