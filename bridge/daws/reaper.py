"""REAPER: scripts, OSC patterns and actions in its resource folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from bridge.daws.daw import Status
from bridge.daws.home_lua import home_lua
from bridge.daws.installation import Installation, Patch
from bridge.daws.reaper_actions import add_actions, drop_actions
from bridge.daws.running import is_running
from bridge.daws.scripts import read_scripts
from bridge.folders import Folders
from bridge.mailbox.alive import alive_file, last_heard_s
from engine.errors import InvalidValue, StemBridgeError

SCRIPTS = "Scripts/StemBridge"
RECEIPT = f"{SCRIPTS}/installed.json"
OSC_PATTERNS = "StemBridge.ReaperOSC"
ACTION_LIST = "reaper-kb.ini"
PROCESSES = ("reaper",)
_SIGNS = ("reaper.ini", ACTION_LIST, "reaper-install-rev.txt")


class Reaper:
    """REAPER, stock, 6.24 or later."""

    name = "reaper"
    label = "REAPER"

    def __init__(self, processes: Collection[str] = PROCESSES) -> None:
        """`processes` are the names that a running REAPER has."""
        self._processes = processes

    def install(self, dest: Path | None) -> list[Path]:
        """See `Daw.install`."""
        installation = self._installation(_folder(dest))
        self._refuse_while_running(installation.overwrites())
        return installation.install()

    def uninstall(self, dest: Path | None) -> list[Path]:
        """See `Daw.uninstall`."""
        folder = _folder(dest)
        installation = self._installation(folder)
        if installation.version:
            self._refuse_while_running([folder / ACTION_LIST])
            alive_file(Folders.of_user().mailbox, self.name).unlink(missing_ok=True)
        return installation.remove()

    def status(self, dest: Path | None) -> Status:
        """See `Daw.status`."""
        heard_s = last_heard_s(Folders.of_user().mailbox, self.name)
        runs = is_running(self._processes)
        try:
            folder = _folder(dest)
        except InvalidValue:
            raise
        except StemBridgeError as error:
            return Status(self.name, None, is_running=runs, heard_s=heard_s, notes=(str(error),))
        installation = self._installation(folder)
        version, is_current = installation.version, installation.is_current()
        return Status(self.name, folder, version, is_current, runs, heard_s, _notes(version, is_current))

    def _installation(self, folder: Path) -> Installation:
        scripts = read_scripts(self.name)
        files = {f"{SCRIPTS}/{name}": data for name, data in scripts.items() if name != OSC_PATTERNS}
        files[f"{SCRIPTS}/home.lua"] = home_lua(self.name, Folders.of_user())
        files[f"OSC/{OSC_PATTERNS}"] = scripts[OSC_PATTERNS]
        return Installation(folder, RECEIPT, files, {ACTION_LIST: Patch(add_actions, drop_actions)})

    def _refuse_while_running(self, paths: list[Path]) -> None:
        there = [path for path in paths if path.exists()]
        if there and is_running(self._processes):
            raise StemBridgeError(
                f"REAPER is running and would overwrite {there[0]} when it ends: close it, then try again."
            )


def resource_folders(platform: str, environ: Mapping[str, str], home: Path) -> list[Path]:
    """Return where REAPER keeps a user's files on `platform` (a `sys.platform`), whether they are there or not."""
    if platform == "win32":
        return [Path(environ.get("APPDATA") or home / "AppData" / "Roaming") / "REAPER"]
    if platform == "darwin":
        return [home / "Library" / "Application Support" / "REAPER"]
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    return [config / "REAPER", home / ".var" / "app" / "fm.reaper.Reaper" / "config" / "REAPER"]


def _folder(dest: Path | None) -> Path:
    """Return the resource folder that is meant."""
    if dest is not None:
        if not any((dest / sign).is_file() for sign in _SIGNS):
            raise InvalidValue(
                "--dest",
                str(dest),
                "REAPER's resource folder (Options > Show REAPER resource path; reaper.ini is in it)",
            )
        return dest
    places = resource_folders(sys.platform, os.environ, Path.home())
    for place in places:
        if place.is_dir():
            return place
    raise StemBridgeError(
        f"REAPER was not found at {places[0]}: start it once, or name its resource folder with --dest."
    )


def _notes(version: str, is_current: bool) -> tuple[str, ...]:
    if not version:
        return ("`stembridge daw install reaper` installs the actions.",)
    if not is_current:
        return ("Install again, with REAPER closed, to bring everything up to date.",)
    return ("In REAPER: Actions > Show action list, and search for “Stem Bridge”.",)
