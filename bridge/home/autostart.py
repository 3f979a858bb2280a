"""Start at login: one autostart entry in the user's own account, in the place that each system has for it.

Linux: the freedesktop.org "Desktop Application Autostart Specification"; macOS: a launchd agent (launchd.plist(5));
Windows: the registry's `Run` key of the user ("Run and RunOnce Registry Keys").
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from engine.errors import StemBridgeError

IN_BACKGROUND = "--in-background"
"""The window's flag for starting in the tray, or minimised where there is no tray."""
NAME = "stembridge"
RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"


class AutostartEntry(Protocol):
    """The one place of a system that holds the command to start when the user logs in."""

    @property
    def place(self) -> str:
        """The path of the entry's file, or the name of its registry value."""

    def is_there(self) -> bool:
        """Return whether the entry exists."""

    def write(self, command: Sequence[str]) -> None:
        """Create or update the entry, so that `command` starts at every login; raises OSError if that fails."""

    def remove(self) -> None:
        """Delete the entry; does nothing if there is none."""


def entry_here(
    platform: str = sys.platform, environ: Mapping[str, str] = os.environ, home: Path | None = None
) -> AutostartEntry:
    """Return the autostart entry of this user on this system."""
    home = home or Path.home()
    if platform == "win32":
        return RegistryEntry()
    if platform == "darwin":
        return FileEntry(home / "Library" / "LaunchAgents" / f"{NAME}.plist", _launch_agent)
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    return FileEntry(config / "autostart" / f"{NAME}.desktop", _desktop_entry)


def own_command(
    platform: str = sys.platform, environ: Mapping[str, str] = os.environ, executable: str = sys.executable
) -> list[str]:
    """Return the command that starts this installation in the background: AppImage, bundle or Python environment."""
    if image := environ.get("APPIMAGE"):
        return [image, IN_BACKGROUND]
    if getattr(sys, "frozen", False):
        return [executable, IN_BACKGROUND]
    if platform == "win32":
        executable = executable.replace("python.exe", "pythonw.exe")  # the one without a console
    return [executable, "-m", "bridge", IN_BACKGROUND]


def set_autostart(on: bool, entry: AutostartEntry | None = None) -> None:
    """Turn start at login on or off.

    Raises
    ------
    StemBridgeError
        If the system's entry cannot be written or removed.
    """
    entry = entry or entry_here()
    try:
        if on:
            entry.write(own_command())
        else:
            entry.remove()
    except OSError as error:
        done = "written" if on else "removed"
        raise StemBridgeError(f"{entry.place} cannot be {done} ({error.strerror or error}).") from None


@dataclass(frozen=True, slots=True)
class FileEntry:
    """An autostart entry that is a file; `render` turns the command into the file's content."""

    path: Path
    render: _Render

    @property
    def place(self) -> str:
        """The file's path."""
        return str(self.path)

    def is_there(self) -> bool:
        """Return whether the file exists."""
        return self.path.is_file()

    def write(self, command: Sequence[str]) -> None:
        """Write the file, unless it has all our lines already: the desktop may have added one that disables it."""
        content = self.render(command)
        if self.is_there() and set(content.splitlines()) <= set(self.path.read_bytes().splitlines()):
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(content)

    def remove(self) -> None:
        """Delete the file, and its folder if that is empty then."""
        self.path.unlink(missing_ok=True)
        with suppress(OSError):
            self.path.parent.rmdir()


class RegistryEntry:
    """An autostart entry that is a value of the `Run` key of the Windows registry."""

    def __init__(self) -> None:
        self._registry: Any = import_module("winreg")  # only Windows has it, and the type checker knows that

    @property
    def place(self) -> str:
        """The value's full name, as the registry editor shows it."""
        return rf"HKEY_CURRENT_USER\{RUN_KEY}\{NAME}"

    def is_there(self) -> bool:
        """Return whether the value exists."""
        try:
            with self._registry.OpenKey(self._registry.HKEY_CURRENT_USER, RUN_KEY) as key:
                self._registry.QueryValueEx(key, NAME)
        except FileNotFoundError:
            return False
        return True

    def write(self, command: Sequence[str]) -> None:
        """Set the value."""
        with self._registry.CreateKey(self._registry.HKEY_CURRENT_USER, RUN_KEY) as key:
            self._registry.SetValueEx(key, NAME, 0, self._registry.REG_SZ, subprocess.list2cmdline(command))

    def remove(self) -> None:
        """Delete the value, if it exists."""
        try:
            with self._registry.OpenKey(
                self._registry.HKEY_CURRENT_USER, RUN_KEY, 0, self._registry.KEY_SET_VALUE
            ) as key:
                self._registry.DeleteValue(key, NAME)
        except FileNotFoundError:
            return


class _Render(Protocol):
    def __call__(self, command: Sequence[str]) -> bytes: ...


def _desktop_entry(command: Sequence[str]) -> bytes:
    lines = (
        "[Desktop Entry]",
        "Type=Application",
        "Name=Stem Bridge",
        f"Exec={_exec(command)}",
        "Terminal=false",
        "",
    )
    return "\n".join(lines).encode()


def _exec(command: Sequence[str]) -> str:
    """Return a command as an `Exec` value ("Desktop Entry Specification", The Exec key): quoted, then escaped."""
    quoted = []
    for word in command:
        for sign in ("\\", '"', "`", "$"):
            word = word.replace(sign, "\\" + sign)
        quoted.append('"' + word.replace("\\", "\\\\").replace("%", "%%") + '"')
    return " ".join(quoted)


def _launch_agent(command: Sequence[str]) -> bytes:
    import plistlib

    return plistlib.dumps({"Label": NAME, "ProgramArguments": list(command), "RunAtLoad": True})
