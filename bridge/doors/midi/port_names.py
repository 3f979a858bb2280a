"""Chooses MIDI ports by name."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

OWN_NAME = "Stem Bridge"
"""The name of our virtual port, and of our side of connections."""


def matches(pattern: str, name: str) -> bool:
    """Return whether a port's `name` matches `pattern`, case-insensitive.

    Without `*` and `?` the pattern is a part of the name, with them all of it."""
    wanted, given = pattern.casefold().strip(), name.casefold()
    return fnmatchcase(given, wanted) if set(wanted) & {"*", "?"} else wanted in given


def choose(patterns: Iterable[str], names: Iterable[str]) -> list[str]:
    """Return the `names` that match one of `patterns`, without our own: what we send must not come back to us."""
    wanted = list(patterns)
    return [
        name
        for name in names
        if OWN_NAME.casefold() not in name.casefold() and any(matches(pattern, name) for pattern in wanted)
    ]
