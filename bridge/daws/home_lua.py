"""The file from which Lua scripts inside a DAW read the companion's folder and the command that starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bridge import __version__
from bridge.home.folders import HOME_VARIABLE, Folders

ARGUMENTS = ("-m", "bridge", "serve")


def home_lua(daw: str, folders: Folders) -> bytes:
    """Return `home.lua` for the scripts of `daw`: a table of version, data folder and launch command."""
    values = {"version": __version__, "data": str(folders.data), "launch": launch_command()}
    lines = [f"  {name} = {_lua_string(value)}," for name, value in values.items()]
    text = "\n".join([f"-- Written by `stembridge daw install {daw}`.", "return {", *lines, "}", ""])
    return text.encode("utf-8", "surrogateescape")


def _lua_string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def launch_command() -> str:
    """Return one line that starts the companion with this very installation and home folder.

    The line is for programs that start others without a shell and split it at spaces outside double quotes.
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
