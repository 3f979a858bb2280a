"""Deletes the engine environment and everything that was downloaded for it."""

from __future__ import annotations

import shutil

from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.lock import exclusive
from bridge.upkeep.engine_env.record import EnvironmentFault
from bridge.upkeep.engine_env.state import size_of


def remove(location: Location) -> int:
    """Delete the environment; return the number of freed bytes, 0 if there was none. Models and takes are elsewhere.

    The record is deleted first, so that an interrupted deletion leaves nothing that looks complete.

    Raises
    ------
    EnvironmentFault
        If another process is changing it, or files cannot be deleted.
    """
    if not location.root.exists():
        return 0
    freed = size_of(location)
    with exclusive(location):
        location.record.unlink(missing_ok=True)
        for path in location.root.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            elif path != location.lock:
                path.unlink(missing_ok=True)
    shutil.rmtree(location.root, ignore_errors=True)
    if location.root.exists():
        raise EnvironmentFault(
            f"{location.root} could not be deleted whole; close what uses it (a running companion), then try again."
        )
    return freed
