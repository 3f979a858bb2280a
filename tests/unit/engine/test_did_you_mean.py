"""The hint at what was meant."""

from __future__ import annotations

import pytest

from engine.did_you_mean import hint, one_of


@pytest.mark.parametrize(("given", "meant"), [("Sketsch", "sketch"), ("ace_step", "ace-step"), ("zz", ""), (3, "")])
def test_the_closest_name_is_meant_if_any_is_close(given: object, meant: str) -> None:
    known = ("auto", "sketch", "ace-step")
    assert hint(known, given) == (f" (did you mean {meant}?)" if meant else "")
    assert one_of(known, given) == f"one of auto, sketch, ace-step{hint(known, given)}"
