"""The actions that pads, switches and knobs trigger, and the keys of a binding that describe them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.request.block import SPEC, check_block, check_value
from engine.errors import InvalidValue

ACTIONS = ("generate", "regenerate", "again", "cancel", "accept", "next_variation", "set")
REQUEST_KEYS = ("preset", "bars", "stems", "variations")
"""Keys of the parameter block that a binding of `generate` may have."""
QUANTISE = {"none": 0.0, "beat": 0.0, "bar": 1.0, "4 bars": 4.0}
"""Boundaries that a trigger can wait for, with their distance in bars (0 for a beat, which depends on the meter)."""


@dataclass(frozen=True, slots=True)
class PadAction:
    """One action of a binding.

    Attributes:
        name: one of `ACTIONS`.
        block: checked keys for a generation.
        quantise: key of `QUANTISE`, None = the map's own.
        parameter: the key that `set` sets.
        low, high: the parameter's values at the controller's lowest and highest position.
    """

    name: str
    block: Mapping[str, object] = field(default_factory=dict)
    quantise: str | None = None
    parameter: str = ""
    low: float = 0.0
    high: float = 0.0

    def value_at(self, share: float) -> object:
        """Return the parameter's value with the controller at `share` (0–1) of its range."""
        value = self.low + share * (self.high - self.low)
        return round(value) if SPEC[self.parameter].kind == "integer" else round(value, 4)

    def __str__(self) -> str:
        if self.name == "set":
            return f"set {self.parameter} {self.low:g}–{self.high:g}"
        return " ".join([self.name, *(f"{name}={value}" for name, value in self.block.items())])


def read_action(table: Mapping[str, object]) -> PadAction:
    """Return the action of one binding's table.

    Raises
    ------
    InvalidValue
        If there is none, or it has keys that do not belong to it.
    InvalidBlock
        If a key of the parameter block has an invalid value.
    """
    name = table.get("action")
    if name not in ACTIONS:
        raise InvalidValue("action", name, f"one of {', '.join(ACTIONS)}")
    for key in (*REQUEST_KEYS, "quantise"):
        if key in table and name != "generate":
            raise InvalidValue(key, table[key], f"left out with the action {name}")
    if name == "set":
        return _read_set(table)
    quantise = check_quantise(table["quantise"]) if "quantise" in table else None
    return PadAction(str(name), check_block({key: table[key] for key in REQUEST_KEYS if key in table}), quantise)


def check_quantise(value: object) -> str:
    """Return `value`, a key of `QUANTISE`.

    Raises
    ------
    InvalidValue
        If it is not one.
    """
    if not isinstance(value, str) or value not in QUANTISE:
        raise InvalidValue("quantise", value, f"one of {', '.join(QUANTISE)}")
    return value


def _read_set(table: Mapping[str, object]) -> PadAction:
    name = table.get("parameter")
    parameter = SPEC.get(name) if isinstance(name, str) else None
    if parameter is None or parameter.kind not in ("number", "integer"):
        numbers = ", ".join(p.name for p in SPEC.values() if p.kind in ("number", "integer"))
        raise InvalidValue("parameter", name, f"one of {numbers}")
    span = table.get("range", [parameter.low, parameter.high])
    if not isinstance(span, list) or len(span) != 2:
        raise InvalidValue("range", span, f"[lowest, highest], each {parameter.allowed}")
    low, high = (check_value(parameter.name, end) if _needs_check(end, parameter.low) else end for end in span)
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    return PadAction("set", parameter=parameter.name, low=float(low), high=float(high))


def _needs_check(end: object, low: float) -> bool:
    """Return whether to check an end of a range: the lowest bound is allowed even where values must be above it."""
    return isinstance(end, bool) or end != low
