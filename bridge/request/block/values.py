"""The check of each kind of value, and its canonical form; the allowed ranges are in `table`."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import TypeGuard

from bridge.request.block.invalid_block import UnknownKey, wrong_value
from bridge.request.block.parameter import (
    MAX_PATH,
    MAX_REGION_S,
    MAX_SEED,
    MAX_STEM_NAME,
    MAX_STEMS,
    Parameter,
    ValueKind,
)
from bridge.request.block.table import SPEC
from engine.errors import InvalidValue
from engine.music import Key, Meter, MeterMap, TempoMap
from engine.music.chords import MAX_CHARS, parse_chords

MAX_WORD = 64
"""Longest text in characters that is read as a key, a meter or a choice."""


def check_value(name: str, value: object) -> object:
    """Return `value` in the canonical form of the key `name`.

    Integers come back as int (8.0 is 8), numbers as float, keys as "E minor", time signatures as "7/8"; line breaks
    in text as newlines.

    Raises
    ------
    UnknownKey
        If the block has no such key.
    InvalidValue
        If the value is not allowed; the sentence gives the allowed ones.
    """
    parameter = SPEC.get(name) if isinstance(name, str) else None
    if parameter is None:
        raise UnknownKey(name)
    return _CHECKS[parameter.kind](parameter, value)


def _wrong(parameter: Parameter, value: object) -> InvalidValue:
    return wrong_value(parameter.name, value, parameter.allowed)


def _in_range(parameter: Parameter, value: object) -> int | float | None:
    """Return `value` if it is a number in range, else None; a boolean is not a number, NaN is in no range."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    inside = parameter.low <= value <= parameter.high
    return value if inside and not (parameter.above and value == parameter.low) else None


def _check_integer(parameter: Parameter, value: object) -> int:
    number = _in_range(parameter, value)
    if number is None or (isinstance(number, float) and not number.is_integer()):
        raise _wrong(parameter, value)
    return int(number)


def _check_number(parameter: Parameter, value: object) -> float:
    number = _in_range(parameter, value)
    if number is None:
        raise _wrong(parameter, value)
    return float(number) + 0.0  # -0.0 becomes 0.0


def _check_boolean(parameter: Parameter, value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong(parameter, value)
    return value


def _check_text(parameter: Parameter, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(parameter, value)
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    spared = "\n\t" if parameter.multiline else ""
    if len(text) > parameter.max_chars or not printable(text, spared):
        raise _wrong(parameter, value)
    return text


def printable(text: str, spared: str = "") -> bool:
    """Return True if `text` has no control characters but the `spared` ones, and no lone surrogate."""
    return not any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in spared for sign in text)


def _word(parameter: Parameter, value: object) -> str:
    """Return a text of up to `MAX_WORD` characters without the spaces around it."""
    if not isinstance(value, str) or len(value) > MAX_WORD:
        raise _wrong(parameter, value)
    return value.strip()


def _check_choice(parameter: Parameter, value: object) -> str:
    word = _word(parameter, value).lower()
    if word not in parameter.choices:
        raise _wrong(parameter, value)
    return word


def _check_key(parameter: Parameter, value: object) -> str:
    word = _word(parameter, value)
    return str(Key.parse(word)) if word else ""


def _check_meter(parameter: Parameter, value: object) -> str:
    return str(Meter.parse(_word(parameter, value)))


def _check_tempo_map(parameter: Parameter, value: object) -> list[dict[str, float | bool]]:
    if not _is_list(value):
        raise _wrong(parameter, value)
    return TempoMap.parse(value).to_json() if value else []


def _check_meter_map(parameter: Parameter, value: object) -> list[dict[str, int | str]]:
    if not _is_list(value):
        raise _wrong(parameter, value)
    return MeterMap.parse(value).to_json() if value else []


def _check_stems(parameter: Parameter, value: object) -> str | list[str]:
    if isinstance(value, str) and value[:MAX_WORD].strip().lower() == "auto":
        return "auto"
    if not _is_list(value) or not 1 <= len(value) <= MAX_STEMS:
        raise _wrong(parameter, value)
    names = [name.strip() for name in value if isinstance(name, str) and len(name) <= MAX_STEM_NAME]
    distinct = {name.casefold() for name in names}
    if len(distinct) != len(value) or "" in distinct or not all(map(printable, names)):
        raise _wrong(parameter, value)
    if "auto" in distinct:
        if len(names) > 1:  # "auto" and a name beside it contradict each other
            raise _wrong(parameter, value)
        return "auto"
    return names


def _check_region(parameter: Parameter, value: object) -> list[float]:
    if not _is_list(value) or len(value) != 2:
        raise _wrong(parameter, value)
    start, end = value
    if not _is_second(start) or not _is_second(end) or not start < end:
        raise _wrong(parameter, value)
    return [float(start) + 0.0, float(end) + 0.0]


def _check_chords(parameter: Parameter, value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_CHARS or not printable(value, "\n\t"):
        raise _wrong(parameter, value)
    text = " ".join(value.split())
    if text:
        parse_chords(text)
    return text


def _check_stem_seeds(parameter: Parameter, value: object) -> dict[str, int]:
    if not isinstance(value, Mapping) or len(value) > MAX_STEMS:
        raise _wrong(parameter, value)
    for name, seed in value.items():
        is_seed = isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed <= MAX_SEED
        if not is_seed or not isinstance(name, str) or not _is_name(name):
            raise _wrong(parameter, value)
    return {name.strip(): seed for name, seed in value.items()}


def _check_midi_part(parameter: Parameter, value: object) -> dict[str, str]:
    if isinstance(value, Mapping) and not value:
        return {}
    if not isinstance(value, Mapping) or set(value) != {"stem", "file"}:
        raise _wrong(parameter, value)
    stem, file = value["stem"], value["file"]
    is_path = isinstance(file, str) and 0 < len(file) <= MAX_PATH and printable(file)
    if not is_path or not isinstance(stem, str) or not _is_name(stem):
        raise _wrong(parameter, value)
    return {"stem": stem.strip(), "file": file}


def _is_name(name: str) -> bool:
    return 0 < len(name.strip()) <= len(name) <= MAX_STEM_NAME and printable(name)


def _is_second(value: object) -> TypeGuard[int | float]:
    return not isinstance(value, bool) and isinstance(value, int | float) and 0 <= value <= MAX_REGION_S


def _is_list(value: object) -> TypeGuard[list[object] | tuple[object, ...]]:
    return isinstance(value, list | tuple)


_CHECKS: Mapping[ValueKind, Callable[[Parameter, object], object]] = {
    "text": _check_text,
    "integer": _check_integer,
    "number": _check_number,
    "boolean": _check_boolean,
    "choice": _check_choice,
    "key": _check_key,
    "time_signature": _check_meter,
    "tempo_map": _check_tempo_map,
    "meter_map": _check_meter_map,
    "stems": _check_stems,
    "region": _check_region,
    "chords": _check_chords,
    "stem_seeds": _check_stem_seeds,
    "midi_part": _check_midi_part,
}
