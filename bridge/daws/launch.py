"""The command line by which a script inside a DAW starts the companion."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bridge.folders import HOME_VARIABLE

ARGUMENTS = ("-m", "bridge", "serve")


def launch_command() -> str:
    """Return one line that starts the companion with this very installation and home folder.

    It is for programs that start others without a shell and split the line at blanks outside double quotes.
    """
    home = os.environ.get(HOME_VARIABLE)
    command = [sys.executable, *(ARGUMENTS[2:] if getattr(sys, "frozen", False) else ARGUMENTS)]
    if os.name == "nt":
        line = subprocess.list2cmdline(command)
        return f'cmd.exe /C "set "{HOME_VARIABLE}={home}" && {line}"' if home else line
    if home:
        command = ["/usr/bin/env", f"{HOME_VARIABLE}={Path(home).absolute()}", *command]
    return " ".join(_quoted(part) for part in command)


def _quoted(part: str) -> str:
    return f'"{part}"' if " " in part else part
