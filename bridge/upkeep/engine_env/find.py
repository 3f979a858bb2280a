"""Finds the engine environment's Python: a few checks on disk, repeated each time an engine is chosen."""

from __future__ import annotations

from importlib.machinery import PathFinder
from pathlib import Path

from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.record import read_record
from bridge.upkeep.engine_env.requirements import TORCH
from engine.interpreter import Interpreter


def find_interpreter(root: Path) -> Interpreter | None:
    """Return the Python of the environment in `root`; None unless it was completed and still exists."""
    location = Location(root)
    packages = location.packages
    record = read_record(location)
    if packages is None or record is None or not location.program.exists() or not has_package(packages, TORCH):
        return None
    return Interpreter(location.program, packages, record.made)


def has_package(packages: Path, name: str) -> bool:
    """Return whether a site-packages folder has a package with this import name."""
    return PathFinder.find_spec(name, [str(packages)]) is not None
