"""Reads the scripts that run inside DAWs from this installation."""

from __future__ import annotations

from pathlib import Path

import bridge
from engine.errors import StemBridgeError

SCRIPTS = Path(bridge.__file__).resolve().parent.parent / "daw_scripts"


def read_scripts(daw: str, endings: tuple[str, ...] = ()) -> dict[str, bytes]:
    """Return the contents of `daw_scripts/<daw>/` by relative path with slashes, only files with `endings` if given.

    Raises
    ------
    StemBridgeError
        If this installation lacks them.
    """
    folder = SCRIPTS / daw
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    wanted = [path for path in files if not endings or path.suffix in endings]
    if not wanted:
        raise StemBridgeError(f"The scripts for {daw} are missing ({folder}); install Stem Bridge again.")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in wanted}
