"""The arpeggio part: pitches of its marks, accents, and range."""

from dataclasses import replace

import pytest

from engine.sketch.compose.arp import play_arp
from engine.sketch.compose.events import TickHit
from engine.sketch.pattern import ARP_MARKS
from tests.helpers.sketch_parts import BAR, section, straight_style, table, triads


def played(text: str, low: int = 60, high: int = 96, seed: int = 1, gate: float = 1.0) -> list[TickHit]:
    style = replace(straight_style("arp", low, high, gate), arp=table(text, marks=ARP_MARKS))
    return play_arp(style, section(2), triads([1, 1]), seed, 0)


FIFTH = 67
"""The habit, rung 3 over C: the only other note there is."""


@pytest.mark.parametrize(
    ("mark", "pitch"),
    [("1", 60), ("6", 79), ("7", 84), ("n", 62), ("m", 71)],  # m, B3, lies below the range: an octave up
)
def test_marks_are_rungs_of_the_chord(mark: str, pitch: int) -> None:
    assert {hit.pitch for hit in played(mark * 4)} == {pitch, FIFTH}


def test_what_lies_above_the_range_is_played_an_octave_lower() -> None:
    assert {hit.pitch for hit in played("7777", high=80)} == {72, FIFTH}


def test_notes_on_beats_are_accented() -> None:
    hits = played("1" * 8)
    assert {hit.level for hit in hits if hit.start % 960 == 0} == {7}
    assert {hit.level for hit in hits if hit.start % 960} == {5}


def test_the_gate_shortens_notes_but_not_below_a_thirty_second() -> None:
    assert max(hit.length for hit in played("1111", gate=0.5)) == 480
    assert min(hit.length for hit in played("1" * 16, gate=0.1)) == 120


def test_rungs_are_chord_tones_and_change_with_the_chord() -> None:
    style = replace(straight_style("arp"), arp=table("1234 5432", marks=ARP_MARKS))
    for hit in play_arp(style, section(2), triads([1, 4]), 3, 0):
        assert hit.pitch % 12 in ({0, 4, 7} if hit.start < BAR else {5, 9, 0})


def test_a_figure_is_the_seeds_own() -> None:
    assert played("12?? 3?4?", seed=5) == played("12?? 3?4?", seed=5)
    assert len({tuple(played("12?? 3?4?", seed=seed)) for seed in range(8)}) > 4
