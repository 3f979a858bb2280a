"""`stembridge daw`: lists, installs and removes our scripts in DAWs."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bridge.cli.main import WrongUse
from bridge.cli.output import print_json
from bridge.daws.all_daws import all_daws, find_daw
from bridge.daws.daw import Daw, DawStatus
from bridge.daws.places import forget, remember
from bridge.home.folders import Folders
from engine.errors import StemBridgeError

FRESH_S = 5.0
"""The age up to which a heartbeat shows that the script is running; a running one sends it every second."""


def run(options: argparse.Namespace) -> int:
    """List, install, uninstall or print the status; return 0."""
    if options.dest and not options.name:
        raise WrongUse(f"Say which DAW is in {options.dest}: stembridge daw {options.action} NAME --dest …")
    daws = [find_daw(options.name)] if options.name else all_daws()
    dest = Path(options.dest).absolute() if options.dest else None
    if options.action == "install" and not options.name:
        _install_found(daws, options.json)
    elif options.action in ("install", "uninstall"):
        if not options.name:
            raise WrongUse(f"Say which DAW: {' or '.join(daw.name for daw in daws)}.")
        _print_change(daws[0], _change(daws[0], options.action, dest), options.json)
    else:
        _show(daws, [daw.status(dest) for daw in daws], options)
    return 0


def _install_found(daws: Sequence[Daw], as_json: bool) -> None:
    """Install into every DAW that is on this computer; one that fails does not keep the others from it."""
    found = [daw for daw in daws if daw.status(None).folder is not None]
    if not found:
        known = ", ".join(daw.label for daw in daws)
        raise StemBridgeError(
            f"No DAW was found on this computer; known are {known}. "
            "If it is in an unusual folder: stembridge daw install NAME --dest DIR"
        )
    changes, faults = [], []
    for daw in found:
        try:
            changes.append(_change(daw, "install", None))
        except StemBridgeError as error:
            faults.append(f"{daw.label}: {error}")
            continue
        if not as_json:
            print(f"{daw.label}:")
            _print_change(daw, changes[-1], as_json)
    if as_json:
        print_json({"daws": changes, "faults": faults})
    if faults:
        raise StemBridgeError(" ".join(faults))


def _change(daw: Daw, action: str, dest: Path | None) -> dict[str, Any]:
    """Install or uninstall the scripts; return what was done."""
    places = Folders.of_user().daw_places
    if action == "install":
        paths = daw.install(dest)
        remember(places, daw.name, dest)
    else:
        paths = daw.uninstall(dest)
        forget(places, daw.name, dest)
    files = [str(path) for path in paths]
    return {"daw": daw.name, "action": action, "files": files, "notes": daw.status(dest).notes}


def _print_change(daw: Daw, change: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(change)
        return
    for path in change["files"]:
        print(path)
    if not change["files"]:
        was_there = "The scripts were there already, up to date."
        print(was_there if change["action"] == "install" else f"There was nothing of ours in {daw.label}.")
    _print_notes(change["notes"])


def _show(daws: Iterable[Daw], statuses: list[DawStatus], options: argparse.Namespace) -> None:
    if options.json:
        print_json({"daws": [_document(status) for status in statuses]})
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
