"""Ardour: scripts in its configuration folder, which the user adds once in its Script Manager."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from bridge.daws.ardour_config import OscSurface, added_scripts, osc_surface
from bridge.daws.daw import DawStatus
from bridge.daws.home_lua import home_lua
from bridge.daws.installation import Installation
from bridge.daws.scripted import ScriptedDaw
from bridge.daws.scripts import read_scripts
from bridge.home.folders import Folders
from engine.errors import InvalidValue, StemBridgeError

VERSIONS = (9, 8, 7)
"""The major versions that the Lua scripts support, newest first."""
SCRIPTS = "scripts"
LIBRARY = f"{SCRIPTS}/stembridge"
RECEIPT = f"{LIBRARY}/installed.json"
PROCESSES = ("ardour*",)
ACTIONS = {
    "Stem Bridge: generate": "stembridge_generate.lua",
    "Stem Bridge: regenerate": "stembridge_regenerate.lua",
    "Stem Bridge: settings": "stembridge_settings.lua",
}
"""Name of an action script in Ardour's Script Manager → its file."""
HOOK = "Stem Bridge: import"
HOOK_FILE = "stembridge_import.lua"
_SIGNS = ("config", "ui_config", "ui_scripts", *(f".a{version}" for version in VERSIONS))
_SHARED = ("lib/text.lua", "lib/meters.lua")
"""REAPER's Lua modules for text and for meter maps, which Ardour's scripts use too."""


class Ardour(ScriptedDaw):
    """Ardour 7, 8 or 9.

    It reads scripts when they are called, so they may be changed while it runs. Entries in its Script Manager remain
    after `uninstall`, without effect.
    """

    name = "ardour"
    label = "Ardour"

    def __init__(self, processes: Collection[str] = PROCESSES) -> None:
        super().__init__(processes)

    def _folder(self, dest: Path | None) -> Path:
        return _folder(dest)

    def _notes(self, status: DawStatus) -> tuple[str, ...]:
        assert status.folder is not None
        return _notes(status.folder, status.version, status.is_current)

    def _installation(self, folder: Path) -> Installation:
        entries = {*ACTIONS.values(), HOOK_FILE}
        files = {
            f"{SCRIPTS if name in entries else LIBRARY}/{name}": data
            for name, data in read_scripts(self.name).items()
        }
        files |= {f"{LIBRARY}/{shared}": read_scripts("reaper")[shared] for shared in _SHARED}
        files[f"{LIBRARY}/home.lua"] = home_lua(self.name, Folders.of_user())
        return Installation(folder, RECEIPT, files)


def config_folders(platform: str, environ: Mapping[str, str], home: Path) -> list[Path]:
    """Return Ardour's configuration folders on `platform` (a `sys.platform`), newest version first.

    The rules are those of libs/ardour/filesystem_paths.cc.
    """
    if platform == "darwin":
        return [home / "Library" / "Preferences" / f"Ardour{version}" for version in VERSIONS]
    if platform == "win32":
        local = Path(environ.get("XDG_CONFIG_HOME") or environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
        return [local / f"Ardour{version}" for version in VERSIONS]
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    return [config / f"ardour{version}" for version in VERSIONS]


def _folder(dest: Path | None) -> Path:
    """Return the configuration folder to install into: `dest`, or that of the newest Ardour."""
    if dest is not None:
        if not any((dest / sign).is_file() for sign in _SIGNS):
            raise InvalidValue("--dest", str(dest), "Ardour's configuration folder (the one with the file config)")
        return dest
    places = config_folders(sys.platform, os.environ, Path.home())
    for place in places:
        if place.is_dir():
            return place
    raise StemBridgeError(
        f"Ardour was not found at {' or '.join(str(place) for place in places)}: start it once, or name its "
        "configuration folder with --dest."
    )


def _notes(folder: Path, version: str, is_current: bool) -> tuple[str, ...]:
    if not version:
        return ("`stembridge daw install ardour` installs the scripts.",)
    notes = [] if is_current else ["Install again to bring everything up to date."]
    actions, hooks = added_scripts(folder / "ui_scripts")
    missing = [f"“{name}”" for name in ACTIONS if name not in actions]
    if missing:
        notes.append(
            "Once, in Ardour: Edit > Lua Scripts > Script Manager > Action Scripts: select a free one, Add/Set, "
            f"and choose {', '.join(missing)}."
        )
    if HOOK not in hooks:
        notes.append(
            f"Once, in Ardour: Edit > Lua Scripts > Script Manager > Action Hooks: New Hook, and choose “{HOOK}”."
        )
    if not missing and HOOK in hooks:
        notes.append("In Ardour: Edit > Lua Scripts > Stem Bridge: generate.")
    return (*notes, _osc_note(osc_surface(folder / "config")))


def _osc_note(surface: OscSurface) -> str:
    if not surface.is_on:
        return (
            "Not needed, but useful for pads and controllers: Edit > Preferences > Control Surfaces > Open Sound "
            "Control (OSC) is off; with it on, /access_action LuaAction/script-1 starts the first script."
        )
    return (
        f"OSC is on at port {surface.port}: /access_action LuaAction/script-1 there starts the first script. Each "
        "session keeps its own switch for it."
    )
