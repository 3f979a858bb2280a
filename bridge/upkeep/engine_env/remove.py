"""Deletes the engine environment and all that was fetched for it."""

from __future__ import annotations

import shutil

from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.lock import exclusive
from bridge.upkeep.engine_env.record import EnvironmentFault
from bridge.upkeep.engine_env.state import size_of


def remove(place: Location) -> int:
    """Delete it; return how many bytes that freed, 0 if nothing was there. Models and takes are elsewhere.

    The record goes first, so that a deletion that ends half-way leaves nothing that looks whole.

    Raises
    ------
    EnvironmentFault
        If it is being changed just now, or files cannot be deleted.
    """
    if not place.root.exists():
        return 0
    freed = size_of(place)
    with exclusive(place):
        place.record.unlink(missing_ok=True)
        for path in place.root.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            elif path != place.lock:
                path.unlink(missing_ok=True)
    shutil.rmtree(place.root, ignore_errors=True)
    if place.root.exists():
        raise EnvironmentFault(
            f"{place.root} could not be deleted whole; close what uses it (a running companion), then try again."
        )
    return freed
