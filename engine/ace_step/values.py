"""Typed access to the block's values, checked again because an engine may be used without the companion."""

from __future__ import annotations

import math
from collections.abc import Mapping

from engine.errors import InvalidValue


def number(block: Mapping[str, object], name: str, default: float, least: float, most: float) -> float:
    """Return the number under `name`, `default` if it is absent.

    Raises
    ------
    InvalidValue
        If it is not a finite number, or outside `least`–`most`.
    """
    value = block.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidValue(name, value, f"a number from {least:g} to {most:g}")
    if not least <= value <= most:
        raise InvalidValue(name, value, f"{least:g}–{most:g}")
    return float(value)


def text(block: Mapping[str, object], name: str) -> str:
    """Return the text under `name`, trimmed, "" if it is absent.

    Raises
    ------
    InvalidValue
        If it is not a text.
    """
    value = block.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidValue(name, value, "a text")
    return value.strip()


def span(block: Mapping[str, object], name: str) -> tuple[float, float] | None:
    """Return the two numbers under `name`, in seconds, None if it is absent.

    Raises
    ------
    InvalidValue
        If it is not `[start, end]` with 0 <= start < end.
    """
    value = block.get(name)
    if value is None:
        return None
    allowed = "[start, end] in seconds, 0 <= start < end"
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise InvalidValue(name, value, allowed)
    start, end = value
    for part in (start, end):
        if isinstance(part, bool) or not isinstance(part, int | float) or not math.isfinite(part):
            raise InvalidValue(name, value, allowed)
    if not 0 <= start < end:
        raise InvalidValue(name, value, allowed)
    return float(start), float(end)
