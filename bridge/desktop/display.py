"""Checks for a screen and for Qt's system libraries, before Qt is loaded: without them Qt ends the process."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from bridge.home.system_library import loads

WAYLAND, X11 = "wayland", "xcb"
"""Qt's names for the two kinds of screens on Linux."""
HEADLESS = "Run the companion without a window: stembridge serve"
_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
}
_X_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
_WAYLAND_LIBRARIES = {"libwayland-cursor.so.0": "libwayland-cursor0"}
"""Shared library → Debian package, as `ldd` lists them for Qt and for its plugins for X11 and Wayland."""


def problem(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str | None:
    """Return the sentence that says why no window can be shown and what to do, or None if one can."""
    if not platform.startswith("linux"):
        return None
    plugins = _plugins(environ)
    if not plugins:
        return f"There is no screen to open a window on. {HEADLESS}"
    missing = [[name for library, name in (_LIBRARIES | own).items() if not loads(library)] for own in plugins]
    if all(missing):
        return f"The window needs: sudo apt install {' '.join(missing[0])}. {HEADLESS}"
    return None


def screens(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> list[str]:
    """Return Qt's names of the screens that answer on this Linux, the one that Qt prefers first; [] elsewhere."""
    if not platform.startswith("linux"):
        return []
    answers = {WAYLAND: _wayland_answers(environ), X11: _x_answers(environ.get("DISPLAY", ""))}
    return [name for name, is_there in answers.items() if is_there]


def _plugins(environ: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the own libraries of each of Qt's plugins that can be used, the one that Qt tries first first."""
    chosen = environ.get("QT_QPA_PLATFORM", "").split(":")[0]
    if chosen in ("offscreen", "minimal", "vnc"):
        return [{}]
    # Qt takes X11 where the Wayland plugin cannot be loaded, unless one of them was asked for.
    there = screens(environ, "linux")
    asked = [name for name in there if chosen in ("", name)] or there
    return [_WAYLAND_LIBRARIES if name == WAYLAND else _X_LIBRARIES for name in asked]


def _wayland_answers(environ: Mapping[str, str]) -> bool:
    name, runtime = environ.get("WAYLAND_DISPLAY", ""), environ.get("XDG_RUNTIME_DIR", "")
    return bool(name) and _connects(str(Path(runtime or "/") / name))


def _x_answers(display: str) -> bool:
    match = re.fullmatch(r"(?:unix)?(?:/unix)?([^:]*):(\d+)(?:\.\d+)?", display)
    if match is None:
        return False
    if not match[1]:
        return _connects(f"/tmp/.X11-unix/X{match[2]}") or _connects(f"\0/tmp/.X11-unix/X{match[2]}")
    try:
        socket.create_connection((match[1], 6000 + int(match[2])), timeout=2.0).close()
    except (OSError, OverflowError):
        return False
    return True


def _connects(path: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(path)
        except OSError:
            return False
    return True
