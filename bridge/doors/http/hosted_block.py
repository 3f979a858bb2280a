"""The block as the hosted ACE-Step service documents it: its defaults, its ranges, and that genres are required.

They hold for callers of `/v1` and `/v2`. Another companion, and whoever wants what Stem Bridge does by itself, sends
the header `HEADER`: then what nobody says is left to the model and the style, as at every other door.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from bridge.request.block import SPEC, InvalidBlock, Parameter
from bridge.request.block.invalid_block import wrong_value

HEADER, OWN = "x-stembridge-defaults", "own"
HOSTED_DEFAULTS: Mapping[str, object] = MappingProxyType(
    {"output_seconds": 60, "shift": 4.0, "steps": 50, "cfg": 4.0}
)
LEAST_STEPS = 10


@dataclass(frozen=True, slots=True)
class BlockRules:
    """The rules of one caller.

    Attributes:
        defaults: values of keys that the caller does not say.
        needs_genres: genres are required where neither tempo nor key is said.
        least_steps: the fewest steps that can be asked for.
    """

    defaults: Mapping[str, object] = field(default_factory=dict)
    needs_genres: bool = False
    least_steps: int = 1

    def check(self, block: Mapping[str, object]) -> None:
        """Refuse a checked block that has too few steps.

        Raises
        ------
        InvalidBlock
            If so; the sentence says what is allowed.
        """
        steps = block.get("steps")
        if isinstance(steps, int) and steps < self.least_steps:
            raise InvalidBlock([wrong_value("steps", steps, hosted_parameter("steps").allowed)])


HOSTED_RULES = BlockRules(HOSTED_DEFAULTS, needs_genres=True, least_steps=LEAST_STEPS)
OWN_RULES = BlockRules({"output_seconds": 60})
"""Rules for callers that send the header; a length is always needed, and theirs is the service's."""


def rules_of(headers: Mapping[str, str]) -> BlockRules:
    """Return the rules for a request with these headers."""
    return OWN_RULES if headers.get(HEADER, "").strip().lower() == OWN else HOSTED_RULES


def hosted_parameter(name: str) -> Parameter:
    """Return a key of the block with the hosted service's default and range."""
    parameter = SPEC[name]
    if name in HOSTED_DEFAULTS:
        parameter = replace(parameter, default=HOSTED_DEFAULTS[name], absent="")
    return replace(parameter, low=LEAST_STEPS) if name == "steps" else parameter
