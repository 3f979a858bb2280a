"""Finds the engine environment's Python: a few looks at the disk, asked anew each time an engine is chosen."""

from __future__ import annotations

from importlib.machinery import PathFinder
from pathlib import Path

from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.record import read_record
from bridge.upkeep.engine_env.requirements import TORCH
from engine.interpreter import Interpreter


def find_interpreter(root: Path) -> Interpreter | None:
    """Return the Python of the environment in `root` if it was made whole and is still there, else None."""
    place = Location(root)
    packages = place.packages
    record = read_record(place)
    if packages is None or record is None or not place.program.exists() or not has_package(packages, TORCH):
        return None
    return Interpreter(place.program, packages, record.made)


def has_package(packages: Path, name: str) -> bool:
    """Tell if a folder of packages has one, by its import name."""
    return PathFinder.find_spec(name, [str(packages)]) is not None
