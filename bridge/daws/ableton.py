"""Ableton Live: a control surface in the User Library's Remote Scripts."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection
from pathlib import Path

from bridge import __version__
from bridge.daws.ableton_library import find_user_library, is_user_library, usual_place
from bridge.daws.daw import DawStatus
from bridge.daws.installation import Installation
from bridge.daws.scripted import ScriptedDaw
from bridge.daws.scripts import read_scripts
from bridge.home.folders import Folders
from engine.errors import InvalidValue, StemBridgeError

SCRIPTS = "Remote Scripts/StemBridge"
"""The folder of the scripts; Live lists the control surface under the folder's name."""
RECEIPT = f"{SCRIPTS}/installed.json"
HOME = "home.json"
_EDITIONS = ("Lite", "Intro", "Standard", "Suite", "Trial", "Beta")
PROCESSES = (
    *(f"Ableton Live {major} {edition}" for major in (11, 12) for edition in _EDITIONS),
    *(("Live",) if sys.platform == "darwin" else ()),
)
CHOOSE = (
    "In Live: Settings > Link, Tempo & MIDI (Live 11: Preferences > Link Tempo MIDI): choose StemBridge as a Control "
    "Surface; Input and Output stay None, or Input is the port of the pads that shall trigger."
)


class Ableton(ScriptedDaw):
    """Ableton Live 11 and 12, any edition. It reads scripts when it starts, so they may be changed while it runs."""

    name = "ableton"
    label = "Ableton Live"

    def __init__(self, processes: Collection[str] = PROCESSES) -> None:
        super().__init__(processes)

    def _folder(self, dest: Path | None) -> Path:
        return _folder(dest)

    def _notes(self, status: DawStatus) -> tuple[str, ...]:
        return _notes(status.version, status.is_current, status.is_running)

    def _installation(self, folder: Path) -> Installation:
        files = {f"{SCRIPTS}/{name}": data for name, data in read_scripts("ableton/StemBridge", (".py",)).items()}
        files[f"{SCRIPTS}/{HOME}"] = _home_json(Folders.of_user())
        return Installation(folder, RECEIPT, files, own_folders=(f"{SCRIPTS}/__pycache__",))


def _folder(dest: Path | None) -> Path:
    """Return the User Library to install into: `dest`, or the one that Live uses."""
    if dest is not None:
        if not is_user_library(dest):
            allowed = "Live's User Library (Live's Settings > Library says where it is)"
            raise InvalidValue("--dest", str(dest), allowed)
        return dest
    found = find_user_library(sys.platform, os.environ, Path.home())
    if found is None:
        place = usual_place(sys.platform, os.environ, Path.home())
        raise StemBridgeError(
            f"Live's User Library was not found at {place}: start Live once, or name the folder with --dest."
        )
    return found


def _notes(version: str, is_current: bool, runs: bool) -> tuple[str, ...]:
    if not version:
        return ("`stembridge daw install ableton` installs the control surface.",)
    if not is_current:
        return ("Install again to bring everything up to date, then restart Live.",)
    return ("Restart Live: it reads new scripts when it starts.", CHOOSE) if runs else (CHOOSE,)


def _home_json(folders: Folders) -> bytes:
    """Return the JSON file from which the script reads the companion's folder and the path of the settings."""
    values = {"version": __version__, "data": str(folders.data), "settings": str(folders.settings)}
    return (json.dumps(values, indent=1) + "\n").encode("ascii")
