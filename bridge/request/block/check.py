"""Checks on a whole parameter block; also exports the functions that read single values and JSON text."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.request.block.coerce import RESET, Reset, coerce_text
from bridge.request.block.invalid_block import InvalidBlock, wrong_value
from bridge.request.block.parse import parse_json_block
from bridge.request.block.values import check_value
from engine.errors import InvalidValue

__all__ = ["RESET", "Reset", "check_block", "check_value", "coerce_text", "overlay", "parse_json_block"]

_REPLACES = {"output_seconds": "bars", "tempo": "tempo_map", "time_signature": "meter_map"}


def check_block(block: object) -> dict[str, object]:
    """Return a copy of `block` with every value in its canonical form; no defaults are added.

    Parameters
    ----------
    block : object
        Any JSON value. Valid is an object with keys of `SPEC`, none of them required.

    Raises
    ------
    InvalidBlock
        If it is not an object, or has unknown keys or wrong values; its sentence and its `faults` list all of them.
    """
    if not isinstance(block, Mapping):
        raise InvalidBlock([wrong_value("The parameter block", block, "a JSON object")])
    checked: dict[str, object] = {}
    faults: list[InvalidValue] = []
    for name, value in block.items():
        try:
            checked[name] = check_value(name, value)
        except InvalidValue as fault:
            faults.append(fault)
    if faults:
        raise InvalidBlock(faults)
    return checked


def overlay(block: Mapping[str, object], newer: Mapping[str, object]) -> dict[str, object]:
    """Return `block` updated with `newer`, which also removes what it makes untrue.

    A newer length in seconds removes an older one in bars, a newer tempo or meter an older map of its changes.
    """
    replaced = {older for name, older in _REPLACES.items() if name in newer and older not in newer}
    return {**{name: value for name, value in block.items() if name not in replaced}, **newer}
