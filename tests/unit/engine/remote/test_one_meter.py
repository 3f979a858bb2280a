"""A request in one meter has the same length."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from engine.music import Meter, MeterMap, MeterPoint
from engine.remote.one_meter import in_one_meter
from tests.helpers.ace_requests import request


def test_bars_of_the_first_meter_are_counted_and_said() -> None:
    meters = MeterMap([MeterPoint(0, Meter(7, 8)), MeterPoint(1, Meter(3, 4))])
    asked = replace(request(), meter=Meter(7, 8), meter_map=meters, length_beats=Fraction(7))
    body, notice = in_one_meter({"meter_map": [1], "bars": 3, "seed": 1}, asked)
    assert body == {"bars": 2.0, "time_signature": "7/8", "seed": 1}
    assert "it made 7/8 throughout, without the 3/4 from bar 2 on" in notice
