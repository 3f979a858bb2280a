"""Sentences on what the model has no word for, and none on what it has."""

from __future__ import annotations

import pytest

from engine.ace_step.untold import region_unused, untold_changes, untold_key, untold_meter
from engine.music import Key, Meter, MeterMap, MeterPoint


@pytest.mark.parametrize(
    ("meter", "told"), [("4/4", True), ("6/8", True), ("3/4", True), ("7/8", False), ("5/4", False)]
)
def test_a_meter_without_a_word_is_told(meter: str, told: bool) -> None:
    sentence = untold_meter(Meter.parse(meter))
    assert (sentence == "") is told
    assert told or meter in sentence


@pytest.mark.parametrize(("key", "told"), [("E minor", True), ("D dorian", True), ("B locrian", False)])
def test_a_key_without_a_word_is_told(key: str, told: bool) -> None:
    sentence = untold_key(Key.parse(key))
    assert (sentence == "") is told
    assert told or key in sentence


def test_a_change_of_meter_is_told_with_its_bar() -> None:
    points = [MeterPoint(0, Meter(4, 4)), MeterPoint(2, Meter(3, 4))]
    assert "3/4 of your project from bar 3 on" in untold_changes(MeterMap(points))
    assert untold_changes(MeterMap.constant(Meter(4, 4))) == ""
    assert region_unused("cover") == "region was not used: cover has none."
