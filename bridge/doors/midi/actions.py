"""What a pad, switch or knob can do, and what it needs to be told for that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.request.block import SPEC, check_block, check_value
from engine.errors import InvalidValue

ACTIONS = ("generate", "regenerate", "again", "cancel", "accept", "next_variation", "set")
REQUEST_KEYS = ("preset", "bars", "stems", "variations")
"""Keys of the parameter block that a binding of `generate` may bring along."""
QUANTISE = {"none": 0.0, "beat": 0.0, "bar": 1.0, "4 bars": 4.0}
"""What a trigger waits for, and how many bars that is (a beat is one of the meter's)."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do.

    Attributes:
        name: one of `ACTIONS`.
        block: checked keys for a generation.
        quantise: key of `QUANTISE`, None = as the file says for all.
        parameter: the key that `set` sets.
        low, high: what a controller's lowest and highest value set it to.
    """

    name: str
    block: Mapping[str, object] = field(default_factory=dict)
    quantise: str | None = None
    parameter: str = ""
    low: float = 0.0
    high: float = 0.0

    def value_at(self, share: float) -> object:
        """Return the parameter's value at `share` (0–1) of the controller's way."""
        value = self.low + share * (self.high - self.low)
        return round(value) if SPEC[self.parameter].kind == "integer" else round(value, 4)

    def __str__(self) -> str:
        if self.name == "set":
            return f"set {self.parameter} {self.low:g}–{self.high:g}"
        return " ".join([self.name, *(f"{name}={value}" for name, value in self.block.items())])


def read_action(table: Mapping[str, object]) -> Action:
    """Return the action of one binding's table.

    Raises
    ------
    InvalidValue
        If it is none, or its keys do not fit it.
    InvalidBlock
        If a key of the parameter block has a wrong value.
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
    return Action(str(name), check_block({key: table[key] for key in REQUEST_KEYS if key in table}), quantise)


def check_quantise(value: object) -> str:
    """Return a key of `QUANTISE`.

    Raises
    ------
    InvalidValue
        If it is none.
    """
    if not isinstance(value, str) or value not in QUANTISE:
        raise InvalidValue("quantise", value, f"one of {', '.join(QUANTISE)}")
    return value


def _read_set(table: Mapping[str, object]) -> Action:
    name = table.get("parameter")
    parameter = SPEC.get(name) if isinstance(name, str) else None
    if parameter is None or parameter.kind not in ("number", "integer"):
        numbers = ", ".join(p.name for p in SPEC.values() if p.kind in ("number", "integer"))
        raise InvalidValue("parameter", name, f"one of {numbers}")
    span = table.get("range", [parameter.low, parameter.high])
    if not isinstance(span, list) or len(span) != 2:
        raise InvalidValue("range", span, f"[lowest, highest], each {parameter.allowed}")
    low, high = (check_value(parameter.name, end) if _unlike(end, parameter.low) else end for end in span)
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    return Action("set", parameter=parameter.name, low=float(low), high=float(high))


def _unlike(end: object, low: float) -> bool:
    """Tell if an end of a range needs a check: the lowest bound is no value itself where it is excluded (`bars`)."""
    return isinstance(end, bool) or end != low
