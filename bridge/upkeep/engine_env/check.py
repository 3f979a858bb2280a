"""Checks of a finished environment: the libraries can be imported, and torch finds a device."""

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


def check_imports(location: Location) -> None:
    """Check that the packages that the neural engines import are installed.

    Raises
    ------
    EnvironmentFault
        If a package is missing; the sentence names it.
    """
    missing = [
        name for name in dict.fromkeys((*PACKAGES, *SEPARATE_PACKAGES)) if not has_package(_packages(location), name)
    ]
    if missing:
        raise EnvironmentFault(
            f"The engine environment lacks {', '.join(missing)}; `stembridge engine repair` mends it."
        )


def probe_in(location: Location) -> Device:
    """Return the device that torch finds in the environment.

    Raises
    ------
    EnvironmentFault
        If torch cannot be imported or does not answer.
    """
    try:
        return probe_with(Interpreter(location.program, _packages(location)))
    except EngineUnavailable as error:
        raise EnvironmentFault(str(error)) from None


def _packages(location: Location) -> Path:
    if location.packages is None:
        raise EnvironmentFault(f"{location.environment} has no folder of packages; remove it and install it again.")
    return location.packages
