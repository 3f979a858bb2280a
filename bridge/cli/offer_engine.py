"""The offer to install the engine environment, made by the commands that need it and do not find it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from bridge.cli.ask import can_ask, confirm
from bridge.cli.engine import ProgressMeter
from bridge.home.folders import Folders
from bridge.upkeep.engine_env.choice import DISK_GB, DOWNLOAD_GB, OTHERS_GB
from bridge.upkeep.engine_env.hardware import detect_hardware
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.make import remake
from bridge.upkeep.engine_env.state import EnvironmentState, look_at
from engine.errors import EngineUnavailable, StemBridgeError
from engine.optional_libraries import INSTALL_COMMAND, missing_packages


def ensure_engine(purpose: str, packages: Sequence[str], yes: bool) -> None:
    """Make sure that `packages` can be imported here or in the engine environment, which is offered if they cannot.

    `purpose` is what needs them, as the beginning of a sentence; with `yes` (`--yes`) nobody is asked.

    Raises
    ------
    EngineUnavailable
        If there is no terminal to ask on, or torch has no build for this machine.
    StemBridgeError
        If the user declines, or the installation fails.
    """
    if not missing_packages(packages):
        return
    place = Location(Folders.of_user().engine)
    state = look_at(place, detect_hardware())
    if state.wanted_device is None:
        raise EngineUnavailable(state.wanted_reason)
    needs = f"{purpose} needs the engine environment, which is not here yet ({_size(state)})"
    if not yes and not can_ask():
        raise EngineUnavailable(f"{needs}; this installs it: {INSTALL_COMMAND}")
    print(f"{needs}.", file=sys.stderr)
    if not confirm("Install it now?", yes):
        raise StemBridgeError(f"Nothing was installed. To do so later: {INSTALL_COMMAND}")
    remake(place, thorough=state.to_do == "repair", report=ProgressMeter())


def _size(state: EnvironmentState) -> str:
    device = state.wanted_device
    assert device is not None
    fetched_gb = DOWNLOAD_GB[device] + OTHERS_GB
    return f"about {fetched_gb:.2g} GB to fetch, {DISK_GB[device]:g} GB on disk, for {device}"
