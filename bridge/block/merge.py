"""Laying one block over another."""

from __future__ import annotations

from collections.abc import Mapping


def overlay(block: Mapping[str, object], newer: Mapping[str, object]) -> dict[str, object]:
    """Return `block` with the keys of `newer` over its own; a newer length in seconds ends an older one in bars."""
    ended = {"bars"} if "output_seconds" in newer and "bars" not in newer else set()
    return {**{name: value for name, value in block.items() if name not in ended}, **newer}
