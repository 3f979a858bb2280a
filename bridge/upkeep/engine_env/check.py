"""Asks the environment's own Python whether it can do what it is there for."""

from __future__ import annotations

from pathlib import Path

from bridge.upkeep.engine_env.find import has_package
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.record import EnvironmentFault
from engine.errors import EngineUnavailable
from engine.hardware.device import Device
from engine.hardware.probe import probe_with
from engine.interpreter import Interpreter
from engine.optional_libraries import PACKAGES, SEPARATE_PACKAGES


def check_imports(place: Location) -> None:
    """Make sure that what the neural engines import is there.

    Raises
    ------
    EnvironmentFault
        If something is missing; the sentence names it.
    """
    missing = [
        name for name in dict.fromkeys((*PACKAGES, *SEPARATE_PACKAGES)) if not has_package(_packages(place), name)
    ]
    if missing:
        raise EnvironmentFault(
            f"The engine environment lacks {', '.join(missing)}; `stembridge engine repair` mends it."
        )


def probe_in(place: Location) -> Device:
    """Return the device that torch finds in there.

    Raises
    ------
    EnvironmentFault
        If torch cannot be imported or asked.
    """
    try:
        return probe_with(Interpreter(place.program, _packages(place)))
    except EngineUnavailable as error:
        raise EnvironmentFault(str(error)) from None


def _packages(place: Location) -> Path:
    if place.packages is None:
        raise EnvironmentFault(f"{place.environment} has no folder of packages; remove it and install it again.")
    return place.packages
