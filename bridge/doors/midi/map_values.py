"""Checks the values in a MIDI map."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.doors.midi.messages import MMC_COMMANDS, MidiKind
from engine.errors import InvalidValue

SOURCES = ("note", "cc", "program", "bend", "mmc", "song_position")
"""Keys that name a binding's message; it has exactly one of them."""
MAX_SONG_POSITION = 16_383
MAX_PATTERNS = 64


def read_source(table: Mapping[str, object]) -> tuple[MidiKind, int, float]:
    """Return a binding's message: its kind, its number (−1 for bends), and a bend's threshold.

    Raises
    ------
    InvalidValue
        If it names none or several, or a number is out of range.
    """
    named = [name for name in SOURCES if name in table]
    if len(named) != 1:
        raise InvalidValue("the message", ", ".join(named) or "missing", f"exactly one of {', '.join(SOURCES)}")
    name, value = named[0], table[named[0]]
    if name == "bend":
        return MidiKind.BEND, -1, _threshold(value)
    if name == "mmc":
        return MidiKind.MMC, _mmc(value), 0.0
    highest = MAX_SONG_POSITION if name == "song_position" else 127
    return MidiKind(name), check_number(name, value, 0, highest), 0.0


def check_number(name: str, value: object, low: int, high: int) -> int:
    """Return `value`, an integer from `low` to `high`.

    Raises
    ------
    InvalidValue
        If it is not one.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InvalidValue(name, value, f"an integer, {low}–{high}")
    return value


def check_span(name: str, value: object, low: int, high: int) -> tuple[int, int]:
    """Return `[lowest, highest]` as a pair.

    Raises
    ------
    InvalidValue
        If it is not such a list.
    """
    if isinstance(value, list) and len(value) == 2:
        first, last = (check_number(name, end, low, high) for end in value)
        if first <= last:
            return first, last
    raise InvalidValue(name, value, f"[lowest, highest], {low}–{high}")


def check_patterns(name: str, value: object) -> tuple[str, ...]:
    """Return `value`, a list of port names or patterns, as a tuple.

    Raises
    ------
    InvalidValue
        If it is not one.
    """
    patterns = value if isinstance(value, list) and len(value) <= MAX_PATTERNS else [None]
    if not all(isinstance(pattern, str) and 0 < len(pattern) <= 200 for pattern in patterns):
        raise InvalidValue(name, value, 'a list of names or patterns of ports, as ["Launchpad*"]')
    return tuple(patterns)


def check_flag(name: str, value: object) -> bool:
    """Return `value`, true or false.

    Raises
    ------
    InvalidValue
        If it is neither.
    """
    if not isinstance(value, bool):
        raise InvalidValue(name, value, "true or false")
    return value


def _threshold(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < abs(value) <= 1:
        raise InvalidValue("bend", value, "a share of the wheel's way, −1–1 and not 0")
    return float(value)


def _mmc(value: object) -> int:
    for number, name in MMC_COMMANDS.items():
        if value == name:
            return number
    raise InvalidValue("mmc", value, f"one of {', '.join(MMC_COMMANDS.values())}")
