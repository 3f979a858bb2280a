"""Position of a take in the project, as JSON requests give it beside the parameter block."""

from __future__ import annotations

from engine.errors import InvalidValue
from engine.music.tempo import MAX_BEAT

PLACE_KEYS = ("start_beat", "start_seconds")


def check_place(name: str, value: object) -> float:
    """Return a start position as float: in quarter-note beats, or in seconds if `name` ends in "_seconds".

    Raises
    ------
    InvalidValue
        If `value` is not a number, is negative, or is beyond the last beat that a tempo map can hold.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_BEAT:
        unit = "seconds" if name.endswith("_seconds") else "quarter-note beats"
        raise InvalidValue(name, value, f"0–{MAX_BEAT:.0f} {unit} from the project's start")
    return float(value)


def pop_place(block: dict[str, object]) -> tuple[float | None, float | None]:
    """Take `start_beat` and `start_seconds` out of `block` and return them, None where absent.

    Raises
    ------
    InvalidValue
        As `check_place`.
    """
    beat, seconds = (check_place(name, block.pop(name)) if name in block else None for name in PLACE_KEYS)
    return beat, seconds
