"""Beats as data: the pulse of each meter, places in quarter notes, and clips without beats."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.align.track.beats import pulse_of
from engine.music import Meter


@pytest.mark.parametrize(
    ("meter", "pulse", "count"),
    [
        ("4/4", 1, 4),
        ("5/4", 1, 5),
        ("2/2", 1, 4),
        ("1/1", 1, 4),
        ("6/8", Fraction(1, 2), 6),
        ("7/8", Fraction(1, 2), 7),
        ("7/16", Fraction(1, 4), 7),
        ("6/16", Fraction(1, 2), 3),
        ("32/32", Fraction(1, 2), 8),
    ],
)
def test_pulses_fill_the_bar(meter: str, pulse: Fraction | int, count: int) -> None:
    parsed = Meter.parse(meter)
    assert pulse_of(parsed) == (pulse, count)
    assert pulse * count == parsed.bar_beats
