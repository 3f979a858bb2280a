"""The said part of a take's parameters, also of takes made before there were origins."""

from __future__ import annotations

from bridge.app.said_block import said_block
from bridge.request.former import FORMER_DEFAULTS


def test_what_was_filled_in_is_left_out() -> None:
    params = {"genres": "funk", "tempo": 104.0, "steps": 8, "cfg": 5.0, "seed": 7}
    origin = {"genres": "default", "tempo": "style", "steps": "model", "cfg": "preset", "seed": "default"}
    assert said_block({"params": params, "origin": origin}) == {"genres": "funk", "cfg": 5.0, "seed": 7}


def test_an_older_take_leaves_out_what_was_always_filled_in() -> None:
    params = {**FORMER_DEFAULTS, "genres": "funk", "tempo": 97.6, "cfg": 6.0, "seed": 7}
    assert said_block({"params": params}) == {"genres": "funk", "tempo": 97.6, "cfg": 6.0, "seed": 7}
