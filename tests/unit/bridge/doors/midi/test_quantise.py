"""The boundary that a trigger starts from."""

from __future__ import annotations

import pytest

from bridge.doors.midi.quantise import next_boundary
from engine.music import Meter


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
