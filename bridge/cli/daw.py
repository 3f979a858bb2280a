"""`stembridge daw`: lists, installs and removes our scripts in DAWs."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from bridge.daws.all_daws import all_daws, find_daw
from bridge.daws.daw import Daw, DawStatus
from bridge.daws.places import forget, remember
from bridge.home.folders import Folders
from engine.errors import InvalidValue

FRESH_S = 5.0
"""The age up to which a heartbeat shows that the script is running; a running one sends it every second."""


def run(options: argparse.Namespace) -> int:
    """List, install, uninstall or print the status; return 0."""
    if options.dest and not options.name:
        raise InvalidValue("--dest", options.dest, "given together with a DAW's name")
    daws = [find_daw(options.name)] if options.name else all_daws()
    dest = Path(options.dest).absolute() if options.dest else None
    if options.action in ("install", "uninstall"):
        if not options.name:
            raise InvalidValue("DAW", "", " or ".join(daw.name for daw in daws))
        _change(daws[0], options.action, dest, options.json)
    else:
        _show(daws, [daw.status(dest) for daw in daws], options)
    return 0


def _change(daw: Daw, action: str, dest: Path | None, as_json: bool) -> None:
    places = Folders.of_user().daw_places
    if action == "install":
        paths = daw.install(dest)
        remember(places, daw.name, dest)
    else:
        paths = daw.uninstall(dest)
        forget(places, daw.name, dest)
    notes = daw.status(dest).notes
    if as_json:
        files = [str(path) for path in paths]
        print(json.dumps({"daw": daw.name, "action": action, "files": files, "notes": notes}, indent=2))
        return
    for path in paths:
        print(path)
    if not paths:
        print("Everything was there already." if action == "install" else "Nothing was installed.")
    _print_notes(notes)


def _show(daws: Iterable[Daw], statuses: list[DawStatus], options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps({"daws": [_document(status) for status in statuses]}, indent=2))
        return
    for daw, status in zip(daws, statuses, strict=True):
        print(f"{daw.name:10} {daw.label:14} {_status_text(status)}")
        if options.action == "status":
            _print_notes((f"folder: {status.folder}",) if status.folder else ())
            _print_notes((_heard(status), *status.notes))


def _print_notes(notes: Iterable[str]) -> None:
    for note in notes:
        print(f"  {note}")


def _status_text(status: DawStatus) -> str:
    if status.folder is None:
        return "not found on this computer"
    if not status.is_installed:
        return "not installed"
    return f"installed, version {status.version}" + ("" if status.is_current else " (not up to date)")


def _heard(status: DawStatus) -> str:
    running = "running" if status.is_running else "not running"
    if status.heard_s is None:
        return f"{running}; its scripts were never heard"
    if status.heard_s <= FRESH_S:
        return f"{running}; its scripts are heard now"
    return f"{running}; its scripts were last heard {status.heard_s:.0f} s ago"


def _document(status: DawStatus) -> dict[str, object]:
    folder = str(status.folder) if status.folder else None
    return {**asdict(status), "folder": folder, "is_installed": status.is_installed}
