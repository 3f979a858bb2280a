"""Patterns laid over measures, with open marks decided once for a section."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sketch.compose.rhythm import (
    Cell,
    FrozenRhythm,
    Habit,
    draw_picks,
    fitting_intensity,
    habit_of,
    lay_pattern,
    settle_level,
)
from engine.sketch.style.model import Swing
from tests.helpers.sketch_parts import BAR, bars, straight_style, table


class Fixed(Random):
    """A chance that always falls on one number."""

    def __init__(self, number: float) -> None:
        super().__init__(0)
        self.number = number

    def random(self) -> float:
        return self.number


def test_a_pattern_is_spread_over_its_measure_with_its_holds() -> None:
    laid = list(lay_pattern(table("9.5-"), bars(2)[1], 0))
    assert laid == [Cell(BAR, 960, "9"), Cell(BAR + 1920, 1920, "5")]


def test_an_empty_pattern_and_a_meter_without_patterns_are_silent() -> None:
    assert list(lay_pattern(table(""), bars(1)[0], 0)) == []
    assert list(lay_pattern(table("9..."), bars(1, "3/4")[0], 0)) == []


def test_alternatives_are_picked_in_a_circle() -> None:
    two = table("9...", "5...")
    assert [next(lay_pattern(two, bars(1)[0], pick)).symbol for pick in range(4)] == ["9", "5", "9", "5"]


def test_marks_off_the_grid_are_left_out() -> None:
    laid = lay_pattern(table("9" * 16), bars(1)[0], 0, step=480)
    assert [cell.start for cell in laid] == [480 * index for index in range(8)]


def test_a_meter_without_patterns_is_made_of_halves_of_two_four() -> None:
    # 15/16 is five groups of 720 ticks; the halves "9.5." and "2.1-" last 960 and are cut.
    laid = list(lay_pattern(table("9.5.2.1-", meter="2/4"), bars(1, "15/16")[0], 0))
    assert laid[:4] == [Cell(0, 240, "9"), Cell(480, 240, "5"), Cell(720, 240, "2"), Cell(1200, 240, "1")]


def test_what_is_held_over_the_middle_of_a_half_ends_there() -> None:
    laid = list(lay_pattern(table("..9-----", meter="2/4"), bars(1, "5/16")[0], 0))
    assert laid[0] == Cell(480, 240, "9")
    assert {cell.symbol for cell in laid} == {"9"}
    assert len(laid) == sum(group.strong for group in bars(1, "5/16")[0].groups)


def test_calm_sections_take_the_calmer_alternatives_and_dense_ones_the_busier() -> None:
    three = table("999.", "9...", "9.9.")["4/4"]
    by_notes = [three[1], three[2], three[0]]
    assert fitting_intensity(three, 1) == fitting_intensity(three, 2) == tuple(by_notes[:2])
    assert fitting_intensity(three, 5) == tuple(by_notes[1:])
    assert fitting_intensity(three, 3) == three
    assert fitting_intensity(three[:2], 1) == three[:2]


@pytest.mark.parametrize(
    ("symbol", "number", "level"), [("7", 0.9, "7"), ("a", 0.4, "1"), ("i", 0.4, "9"), ("c", 0.5, "")]
)
def test_open_marks_are_played_with_a_chance_of_one_half(symbol: str, number: float, level: str) -> None:
    assert settle_level(symbol, Fixed(number)) == level


def test_the_answer_has_a_pick_of_its_own_only_by_chance() -> None:
    first, second = draw_picks(Random(1), 0.0)
    assert first == second
    first, second = draw_picks(Random(1), 1.0)
    assert first != second
    assert 0 <= first < 5040


def test_a_habit_lies_on_eighths_where_they_swing() -> None:
    style = straight_style("arp")
    assert habit_of(style, "3") == Habit("3", 240)
    assert habit_of(replace(style, swing=Swing(Fraction(1), Fraction(2, 3))), "3") == Habit("3", 480)
    assert habit_of(replace(style, swing=Swing(Fraction(1, 2), Fraction(2, 3))), "3") == Habit("3", 240)


def test_a_rhythm_repeats_every_two_measures() -> None:
    measures = bars(4)
    rhythm = FrozenRhythm(table("9aaa aaaa aaaa aaaa", "8bbb bbbb bbbb bbbb"), (0, 1), (7, "drums"))
    played = [rhythm.measure(measure, index % 2) for index, measure in enumerate(measures)]
    moved = [[cell._replace(start=cell.start - measure.start) for cell in cells]
             for measure, cells in zip(measures, played, strict=True)]  # fmt: skip
    assert moved[0] == moved[2]
    assert moved[1] == moved[3]
    assert (moved[0][0].symbol, moved[1][0].symbol) == ("9", "8")


def test_the_name_of_a_rhythm_seeds_its_open_marks() -> None:
    def played(name: str) -> list[Cell]:
        return FrozenRhythm(table("a" * 16), (0, 0), (name,)).measure(bars(1)[0], 0)

    assert played("one") == played("one")
    assert len({tuple(played(str(number))) for number in range(8)}) == 8


@given(st.integers(0, 500), st.sampled_from(["9...", "9--- 5---", "9.5. 9.5.", "9--. ..5- 9... 5---"]))
def test_a_habit_is_one_more_stroke_that_overlaps_no_other(seed: int, text: str) -> None:
    measure = bars(1)[0]
    plain = FrozenRhythm(table(text), (0, 0), (seed,)).measure(measure, 0)
    with_habit = FrozenRhythm(table(text), (0, 0), (seed,), habit=Habit("3", 240)).measure(measure, 0)
    added = [cell for cell in with_habit if cell.symbol == "3"]
    assert len(added) == 1
    assert added[0].start % 240 == 0
    assert [cell.start for cell in with_habit if cell.symbol != "3"] == [cell.start for cell in plain]
    assert all(before.start + before.length <= after.start for before, after in pairwise(with_habit))
    assert with_habit[-1].start + with_habit[-1].length <= measure.end


def test_the_habit_of_a_player_who_plays_every_step_is_a_rest() -> None:
    full = FrozenRhythm(table("9" * 16), (0, 0), (1,), habit=Habit("3", 240)).measure(bars(1)[0], 0)
    assert len(full) == 15
    assert full[0].start == 0
