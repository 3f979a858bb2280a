"""Reads values given as text or bare numbers: OSC's `/set name value`, the command line's `--set name=value`."""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Callable, Mapping
from typing import Final

from bridge.request.block.invalid_block import UnknownKey, wrong_value
from bridge.request.block.parameter import Parameter, ValueKind
from bridge.request.block.table import SPEC
from bridge.request.block.values import check_value


class Reset(enum.Enum):
    """The type of `RESET`."""

    RESET = "back to the default"


RESET: Final = Reset.RESET
"""Marks a key that is to be removed from the block, so that its default applies again."""

Bare = str | int | float

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,30}")
_TRUE = ("1", "true", "on", "yes")
_FALSE = ("0", "false", "off", "no")
_MAX_NUMBER = 64


def coerce_text(name: str, value: Bare) -> object:
    """Return `value` converted to the type of the key `name`, checked and canonical; or `RESET`.

    Text is read as a number, `true`/`false` (also 1/0, on/off, yes/no) or JSON, by the key's type; `stems` also takes
    names separated by commas. Empty text resets every key whose type is not text, and `random` resets the seed.

    Raises
    ------
    UnknownKey
        If the block has no such key.
    InvalidValue
        If the value is not allowed, or cannot be read as the key's type.
    """
    parameter = SPEC.get(name)
    if parameter is None:
        raise UnknownKey(name)
    if isinstance(value, str) and parameter.kind != "text":
        word = value.strip().lower() if len(value) <= _MAX_NUMBER else value
        if word == "" or (name == "seed" and word == "random"):
            return RESET
    return check_value(name, _READERS[parameter.kind](parameter, value))


def _as_text(_: Parameter, value: Bare) -> object:
    """Convert numbers to text without a needless fraction: OSC sends `genres 808` as a number."""
    if isinstance(value, str | bool):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return _digits(value)


def _digits(value: int | float) -> object:
    try:
        return str(value)
    except ValueError:  # an integer of thousands of digits
        return value


def _as_number(_: Parameter, value: Bare) -> object:
    if not isinstance(value, str):
        return value
    text = value.strip().replace("−", "-") if len(value) <= _MAX_NUMBER else value
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if len(text) <= _MAX_NUMBER and _NUMBER.fullmatch(text) else value


def _as_boolean(_: Parameter, value: Bare) -> object:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return bool(value) if value in (0, 1) else value
    word = value.strip().lower() if len(value) <= _MAX_NUMBER else value
    return True if word in _TRUE else False if word in _FALSE else value


def _as_given(_: Parameter, value: Bare) -> object:
    return value


def _as_stems(parameter: Parameter, value: Bare) -> object:
    if not isinstance(value, str) or value.strip().lower() == "auto":
        return value
    if value.lstrip().startswith("["):
        return _as_json(parameter, value)
    return [name.strip() for name in value.strip().rstrip(",").split(",")]


def _as_json(parameter: Parameter, value: Bare) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise wrong_value(parameter.name, value, f"{parameter.allowed} (as JSON)") from None


_READERS: Mapping[ValueKind, Callable[[Parameter, Bare], object]] = {
    "text": _as_text,
    "integer": _as_number,
    "number": _as_number,
    "boolean": _as_boolean,
    "choice": _as_text,
    "key": _as_given,
    "time_signature": _as_given,
    "tempo_map": _as_json,
    "meter_map": _as_json,
    "stems": _as_stems,
    "region": _as_json,
    "chords": _as_text,
    "stem_seeds": _as_json,
    "midi_part": _as_json,
}
