"""The table of the DAWs that have an installer, one row each; a row's module is imported on demand."""

from __future__ import annotations

import importlib

from bridge.daws.daw import Daw
from engine.did_you_mean import one_of
from engine.errors import InvalidValue

DAWS: dict[str, tuple[str, str]] = {
    "reaper": ("bridge.daws.reaper", "Reaper"),
    "ableton": ("bridge.daws.ableton", "Ableton"),
    "ardour": ("bridge.daws.ardour", "Ardour"),
}
"""Name on the command line → module, class. The class takes no arguments and is a `Daw`."""


def find_daw(name: str) -> Daw:
    """Return the DAW called `name`.

    Raises
    ------
    InvalidValue
        If there is no such DAW.
    """
    if name not in DAWS:
        raise InvalidValue("DAW", name, one_of(DAWS, name))
    module, class_name = DAWS[name]
    daw: Daw = getattr(importlib.import_module(module), class_name)()
    return daw


def all_daws() -> list[Daw]:
    """Return every DAW, in the table's order."""
    return [find_daw(name) for name in DAWS]
