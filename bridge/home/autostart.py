"""Starting with the computer: one entry in the user's own account, in the place that each system has for it.

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
"""The window's flag: it stays in the tray, or minimised where there is none."""
NAME = "stembridge"
RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"


class Entry(Protocol):
    """Where a system looks for what it starts when its user logs in."""

    @property
    def place(self) -> str:
        """A file's path, or the name of a registry value."""

    def is_there(self) -> bool:
        """Tell if we are started."""

    def write(self, command: Sequence[str]) -> None:
        """Have the command started from the next login on; an OSError says why not."""

    def remove(self) -> None:
        """Have nothing started; harmless if nothing is."""


def entry_here(
    platform: str = sys.platform, environ: Mapping[str, str] = os.environ, home: Path | None = None
) -> Entry:
    """Return the entry of this user on this system."""
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
    """Return what starts this very installation in the background: an AppImage, a bundle or a Python environment."""
    if image := environ.get("APPIMAGE"):
        return [image, IN_BACKGROUND]
    if getattr(sys, "frozen", False):
        return [executable, IN_BACKGROUND]
    if platform == "win32":
        executable = executable.replace("python.exe", "pythonw.exe")  # the one without a console
    return [executable, "-m", "bridge", IN_BACKGROUND]


def set_autostart(on: bool, entry: Entry | None = None) -> None:
    """Start with the computer from now on, or no longer.

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
    """A file of its own; `text` writes the command as the system reads it."""

    path: Path
    text: _Text

    @property
    def place(self) -> str:
        """The file's path."""
        return str(self.path)

    def is_there(self) -> bool:
        """Tell if the file is there."""
        return self.path.is_file()

    def write(self, command: Sequence[str]) -> None:
        """Write the file; one that says the same stays, with what the desktop may have added to switch it off."""
        text = self.text(command)
        if self.is_there() and set(text.splitlines()) <= set(self.path.read_bytes().splitlines()):
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(text)

    def remove(self) -> None:
        """Delete the file, and its folder if nothing else is in it."""
        self.path.unlink(missing_ok=True)
        with suppress(OSError):
            self.path.parent.rmdir()


class RegistryEntry:
    """A value of the `Run` key."""

    def __init__(self) -> None:
        self._registry: Any = import_module("winreg")  # which only Windows has, for the type checker too

    @property
    def place(self) -> str:
        """The value's name, as the registry's editor shows it."""
        return rf"HKEY_CURRENT_USER\{RUN_KEY}\{NAME}"

    def is_there(self) -> bool:
        """Tell if the value is there."""
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
        """Delete the value."""
        try:
            with self._registry.OpenKey(
                self._registry.HKEY_CURRENT_USER, RUN_KEY, 0, self._registry.KEY_SET_VALUE
            ) as key:
                self._registry.DeleteValue(key, NAME)
        except FileNotFoundError:
            return


class _Text(Protocol):
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
    """Quote a command for `Exec` ("Desktop Entry Specification", The Exec key): quoted, then escaped as a string."""
    quoted = []
    for word in command:
        for sign in ("\\", '"', "`", "$"):
            word = word.replace(sign, "\\" + sign)
        quoted.append('"' + word.replace("\\", "\\\\").replace("%", "%%") + '"')
    return " ".join(quoted)


def _launch_agent(command: Sequence[str]) -> bytes:
    import plistlib

    return plistlib.dumps({"Label": NAME, "ProgramArguments": list(command), "RunAtLoad": True})
