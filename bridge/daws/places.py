"""Finds the installations of our scripts: in each DAW's usual folder and in those that `--dest` has named.

The latter (of portable DAWs, for example) are listed in a file: without it, later updates and removals could not find
them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from bridge.daws.all_daws import DAWS, all_daws
from bridge.daws.daw import Daw, DawStatus
from bridge.home import user_files
from engine.errors import StemBridgeError


@dataclass(frozen=True, slots=True)
class InstalledScripts:
    """One installation of our scripts; `dest` is None for the DAW's usual folder."""

    daw: Daw
    dest: Path | None
    status: DawStatus


def find_installed(places: Path) -> list[InstalledScripts]:
    """Return all installations of our scripts; `places` is the file that `remember` writes."""
    found: dict[Path, InstalledScripts] = {}
    known = _read(places)
    for daw in all_daws():
        for dest in (None, *map(Path, known.get(daw.name, []))):
            try:
                status = daw.status(dest)
            except StemBridgeError:  # the folder does not belong to a DAW any more, or cannot be read
                continue
            if status.folder is not None and status.is_installed:
                found.setdefault(status.folder, InstalledScripts(daw, dest, status))
    return list(found.values())


def remember(places: Path, daw: str, dest: Path | None) -> None:
    """Add `dest` to the list of folders with installed scripts; the usual folder (None) needs no entry.

    Raises
    ------
    StemBridgeError
        If the list cannot be written.
    """
    known = _read(places)
    if dest is not None and str(dest) not in known.get(daw, []):
        known.setdefault(daw, []).append(str(dest))
        _write(places, known)


def forget(places: Path, daw: str, dest: Path | None) -> None:
    """Remove `dest` from the list; errors as in `remember`."""
    known = _read(places)
    if dest is not None and str(dest) in known.get(daw, []):
        known[daw].remove(str(dest))
        _write(places, known)


def _read(places: Path) -> dict[str, list[str]]:
    """Return the listed folders, by DAW; none if the file is missing or damaged."""
    try:
        content = json.loads(user_files.read_bytes(places))
        return {name: [str(folder) for folder in content[name]] for name in DAWS if name in content}
    except (StemBridgeError, ValueError, TypeError, RecursionError):
        return {}


def _write(places: Path, known: dict[str, list[str]]) -> None:
    user_files.write_text(places, json.dumps(known, indent=2, ensure_ascii=False) + "\n", replace=True)
