"""REAPER: scripts, OSC patterns and actions in its resource folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from bridge.daws.daw import DawStatus
from bridge.daws.home_lua import home_lua
from bridge.daws.installation import Installation, Patch
from bridge.daws.reaper_actions import add_actions, drop_actions
from bridge.daws.scripted import ScriptedDaw
from bridge.daws.scripts import read_scripts
from bridge.home.folders import Folders
from engine.errors import InvalidValue, StemBridgeError

SCRIPTS = "Scripts/StemBridge"
RECEIPT = f"{SCRIPTS}/installed.json"
OSC_PATTERNS = "StemBridge.ReaperOSC"
ACTION_LIST = "reaper-kb.ini"
PROCESSES = ("reaper",)
_SIGNS = ("reaper.ini", ACTION_LIST, "reaper-install-rev.txt")


class Reaper(ScriptedDaw):
    """REAPER, stock, 6.24 or later."""

    name = "reaper"
    label = "REAPER"

    def __init__(self, processes: Collection[str] = PROCESSES) -> None:
        super().__init__(processes)

    def _folder(self, dest: Path | None) -> Path:
        return _folder(dest)

    def _notes(self, status: DawStatus) -> tuple[str, ...]:
        return _notes(status.version, status.is_current)

    def _installation(self, folder: Path) -> Installation:
        scripts = read_scripts(self.name)
        files = {f"{SCRIPTS}/{name}": data for name, data in scripts.items() if name != OSC_PATTERNS}
        files[f"{SCRIPTS}/home.lua"] = home_lua(self.name, Folders.of_user())
        files[f"OSC/{OSC_PATTERNS}"] = scripts[OSC_PATTERNS]
        return Installation(folder, RECEIPT, files, {ACTION_LIST: Patch(add_actions, drop_actions)})

    def _before_change(self, paths: list[Path]) -> None:
        there = [path for path in paths if path.exists()]
        if there and self._is_running():
            raise StemBridgeError(
                f"REAPER is running and would overwrite {there[0]} when it ends: close it, then try again."
            )


def resource_folders(platform: str, environ: Mapping[str, str], home: Path) -> list[Path]:
    """Return REAPER's possible resource folders on `platform` (a `sys.platform`), existing or not."""
    if platform == "win32":
        return [Path(environ.get("APPDATA") or home / "AppData" / "Roaming") / "REAPER"]
    if platform == "darwin":
        return [home / "Library" / "Application Support" / "REAPER"]
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    return [config / "REAPER", home / ".var" / "app" / "fm.reaper.Reaper" / "config" / "REAPER"]


def _folder(dest: Path | None) -> Path:
    """Return the resource folder to install into: `dest`, or the first existing one."""
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
    return (
        "In REAPER: Actions > Show action list, and search for “Stem Bridge”.",
        "“Stay connected” among them shows REAPER in the window and takes what is sent from there.",
    )
