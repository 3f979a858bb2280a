"""Where our scripts are installed: each DAW's usual folder, and those that `--dest` has named (portable DAWs, say).

The latter are remembered in a file, or nobody would find them when they are to be brought up to date or taken out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from bridge.daws.all_daws import DAWS, all_daws
from bridge.daws.daw import Daw, Status
from bridge.home import user_files
from engine.errors import StemBridgeError


@dataclass(frozen=True, slots=True)
class Installed:
    """Scripts of ours in one DAW; `dest` is None for its usual folder."""

    daw: Daw
    dest: Path | None
    status: Status


def find_installed(places: Path) -> list[Installed]:
    """Return every installation of our scripts; `places` is the file that `remember` writes."""
    found: dict[Path, Installed] = {}
    known = _read(places)
    for daw in all_daws():
        for dest in (None, *map(Path, known.get(daw.name, []))):
            try:
                status = daw.status(dest)
            except StemBridgeError:  # the folder of then is no DAW's any more, or cannot be read
                continue
            if status.folder is not None and status.is_installed:
                found.setdefault(status.folder, Installed(daw, dest, status))
    return list(found.values())


def remember(places: Path, daw: str, dest: Path | None) -> None:
    """Keep in mind that scripts were installed into `dest`.

    Raises
    ------
    StemBridgeError
        If it cannot be written down.
    """
    known = _read(places)
    if dest is not None and str(dest) not in known.get(daw, []):
        known.setdefault(daw, []).append(str(dest))
        _write(places, known)


def forget(places: Path, daw: str, dest: Path | None) -> None:
    """Drop `dest`; errors as `remember`."""
    known = _read(places)
    if dest is not None and str(dest) in known.get(daw, []):
        known[daw].remove(str(dest))
        _write(places, known)


def _read(places: Path) -> dict[str, list[str]]:
    """Return what is remembered; a file that is missing or broken is nothing."""
    try:
        content = json.loads(user_files.read_bytes(places))
        return {name: [str(folder) for folder in content[name]] for name in DAWS if name in content}
    except (StemBridgeError, ValueError, TypeError, RecursionError):
        return {}


def _write(places: Path, known: dict[str, list[str]]) -> None:
    user_files.write_text(places, json.dumps(known, indent=2, ensure_ascii=False) + "\n", replace=True)
