"""The part of a take's parameters that was said: what a user who takes the block again means by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.request.former import FORMER_DEFAULTS
from engine.origin import ASKED

ALWAYS = ("genres", "seed")
"""Keys that make the take what it is, also where they were chosen for the user."""


def said_block(manifest: Mapping[str, Any]) -> dict[str, object]:
    """Return the block of a manifest without values that nobody said; older manifests have no origins."""
    params, origin = dict(manifest["params"]), manifest.get("origin")
    if isinstance(origin, Mapping):
        return {name: value for name, value in params.items() if name in ALWAYS or origin.get(name) in ASKED}
    return {
        name: value
        for name, value in params.items()
        if name in ALWAYS or name not in FORMER_DEFAULTS or value != FORMER_DEFAULTS[name]
    }
