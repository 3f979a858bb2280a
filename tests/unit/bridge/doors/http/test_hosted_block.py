"""The hosted service's own defaults and ranges, for its callers alone."""

from __future__ import annotations

import pytest

from bridge.doors.http.hosted_block import (
    HEADER,
    HOSTED_DEFAULTS,
    HOSTED_RULES,
    OWN,
    OWN_RULES,
    hosted_parameter,
    rules_of,
)
from bridge.request.block import SPEC, InvalidBlock
from engine.remote.client import OWN_DEFAULTS


def test_the_documented_defaults_and_ranges() -> None:
    assert dict(HOSTED_DEFAULTS) == {"output_seconds": 60, "shift": 4.0, "steps": 50, "cfg": 4.0}
    steps = hosted_parameter("steps")
    assert (steps.low, steps.high, steps.default) == (10, 150, 50)
    assert hosted_parameter("tempo") == SPEC["tempo"]


def test_a_caller_of_the_hosted_service_cannot_ask_for_fewer_steps() -> None:
    HOSTED_RULES.check({"steps": 10})
    HOSTED_RULES.check({})
    with pytest.raises(InvalidBlock, match="steps must be an integer, 10–150, not 8"):
        HOSTED_RULES.check({"steps": 8})


def test_another_companion_leaves_the_unsaid_to_the_model() -> None:
    assert OWN_DEFAULTS == {HEADER: OWN}
    assert rules_of(OWN_DEFAULTS) is OWN_RULES
    assert rules_of({}) is rules_of({HEADER: "else"}) is HOSTED_RULES
    OWN_RULES.check({"steps": 8})
    assert set(OWN_RULES.defaults) == {"output_seconds"}
