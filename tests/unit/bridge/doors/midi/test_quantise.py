"""The boundary that a trigger starts from."""

from __future__ import annotations

import pytest

from bridge.doors.midi.quantise import next_boundary, next_boundary_of_take
from engine.music import Meter, MeterMap, MeterPoint


@pytest.mark.parametrize(
    ("beat", "quantise", "meter", "boundary"),
    [
        (4.1, "bar", "4/4", 8),
        (4.0, "bar", "4/4", 4),
        (4.05, "bar", "4/4", 4),  # just after the beat: it is the one that was meant
        (4.1, "beat", "4/4", 5),
        (4.1, "beat", "6/8", 4.5),
        (4.1, "bar", "7/8", 7),
        (4.1, "4 bars", "4/4", 16),
        (4.1, "none", "4/4", 4.1),
        (0, "bar", "4/4", 0),
    ],
)
def test_a_trigger_counts_from_the_next_boundary(beat: float, quantise: str, meter: str, boundary: float) -> None:
    assert next_boundary(beat, quantise, Meter.parse(meter)) == boundary


@pytest.mark.parametrize(
    ("beat", "quantise", "boundary"),
    [
        (17, "bar", 20),
        (20.05, "bar", 20),
        (24.5, "bar", 27),
        (27.1, "bar", 30),
        (21, "4 bars", 30),
        (21.2, "beat", 22),
    ],
)
def test_a_late_take_waits_for_the_next_of_its_own_bars(beat: float, quantise: str, boundary: float) -> None:
    meters = MeterMap([MeterPoint(0, Meter(4, 4)), MeterPoint(2, Meter(3, 4))])  # from beat 16: 16, 20, 24, 27, 30
    assert next_boundary_of_take(beat, quantise, 16.0, meters) == boundary
    assert next_boundary_of_take(17.5, quantise, 16.0, MeterMap.constant(Meter(4, 4))) == next_boundary(
        17.5, quantise, Meter(4, 4)
    )
