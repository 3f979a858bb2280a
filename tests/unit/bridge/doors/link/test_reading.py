"""A Link session at one moment."""

from __future__ import annotations

from bridge.doors.link.reading import LinkReading


def test_the_place_in_the_bar_goes_on_with_the_tempo_both_ways() -> None:
    reading = LinkReading(120.0, 3.0, 100.0, 1)
    assert reading.phase_at(100.0, 4.0) == 3.0
    assert reading.phase_at(101.0, 4.0) == 1.0
    assert reading.phase_at(98.0, 4.0) == 3.0
