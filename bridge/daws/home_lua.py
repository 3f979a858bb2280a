"""The file by which Lua scripts inside a DAW find the companion's folder and say how to start the companion."""

from __future__ import annotations

from bridge import __version__
from bridge.daws.launch import launch_command
from bridge.folders import Folders


def home_lua(daw: str, folders: Folders) -> bytes:
    """Return `home.lua` for the scripts of `daw`: a table of version, data folder and launch command."""
    values = {"version": __version__, "data": str(folders.data), "launch": launch_command()}
    lines = [f"  {name} = {_lua_string(value)}," for name, value in values.items()]
    text = "\n".join([f"-- Written by `stembridge daw install {daw}`.", "return {", *lines, "}", ""])
    return text.encode("utf-8", "surrogateescape")


def _lua_string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'
