"""Ports are chosen by name, part of a name, or pattern."""

from __future__ import annotations

from bridge.doors.midi.port_names import choose, matches


def test_ports_are_chosen_by_name_part_or_pattern_and_never_our_own() -> None:
    names = ["Launchpad Mini", "Keystation", "Stem Bridge lights:Stem Bridge"]
    assert choose(["*"], names) == names[:2]
    assert choose(["launch", "key?tation"], names) == names[:2]
    assert choose([], names) == []
    assert not matches("key", "Launchpad")
