"""Ticks, measures of beat groups in any meter, and swing."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music import Meter
from engine.music.meter import DENOMINATORS
from engine.sketch.compose.grid import BeatGroup, Measure, SwungGrid, lay_measures, measures_per_bar
from engine.sketch.style.model import Swing
from tests.helpers.sketch_parts import bars

ODD = st.builds(Meter, st.integers(1, 32), st.sampled_from(DENOMINATORS))


def lengths(meter: str, grouping: dict[str, tuple[int, ...]] | None = None) -> list[list[int]]:
    """Group lengths in ticks of the measures of one bar (or of the unit that repeats)."""
    parsed = Meter.parse(meter)
    laid = lay_measures(parsed, Fraction(64), grouping or {})[: measures_per_bar(parsed, grouping or {})]
    return [[group.length for group in measure.groups] for measure in laid]


@pytest.mark.parametrize(
    ("meter", "groups"),
    [
        ("4/4", [[960] * 4]),
        ("3/4", [[960] * 3]),
        ("2/2", [[960] * 4]),
        ("6/8", [[1440] * 2]),
        ("5/8", [[1440, 960]]),
        ("7/8", [[960, 960, 1440]]),
        ("8/8", [[1440, 1440, 960]]),
        ("15/16", [[720] * 5]),
        ("13/16", [[960, 720, 720, 720]]),
        ("7/4", [[960] * 4, [960] * 3]),  # above five quarters: two measures
        ("12/4", [[960] * 4] * 3),
        ("1/4", [[960] * 2]),  # below two beats: two bars are joined
        ("3/8", [[1440] * 2]),
        ("1/32", [[960] * 4]),  # groups of eight whole bars
    ],
)
def test_bars_are_grouped_and_split_or_joined(meter: str, groups: list[list[int]]) -> None:
    assert lengths(meter) == groups


def test_a_style_may_group_a_meter_in_its_own_way() -> None:
    grouping = {"7/8": (3, 2, 2)}
    assert lengths("7/8", grouping) == [[1440, 960, 960]]
    assert lay_measures(Meter(7, 8), Fraction(7, 2), grouping)[0].pattern_meter == "7/8"


@pytest.mark.parametrize(
    ("meter", "named"),
    [("4/4", "4/4"), ("2/2", "4/4"), ("6/8", "6/8"), ("3/8", "6/8"), ("7/8", "7/8"), ("15/16", ""), ("5/8", "")],
)
def test_a_measure_names_the_meter_whose_patterns_fit(meter: str, named: str) -> None:
    assert bars(2, meter)[0].pattern_meter == named


@pytest.mark.parametrize(
    ("meter", "strong"),
    [("4/4", [True, False, True, False]), ("3/4", [True, False, False]), ("6/8", [True, False])],
)
def test_strong_and_weak_groups_take_turns_and_an_odd_last_one_is_weak(meter: str, strong: list[bool]) -> None:
    assert [group.strong for group in bars(1, meter)[0].groups] == strong


@pytest.mark.parametrize(("meter", "middle"), [("4/4", 1920), ("3/4", 960), ("6/8", 1440), ("7/8", 1920)])
def test_the_middle_of_a_measure_is_a_group_start(meter: str, middle: int) -> None:
    assert bars(1, meter)[0].middle == middle


def test_a_measure_of_one_group_has_no_middle() -> None:
    assert Measure(0, 0, (BeatGroup(0, 960, True),), "").middle == 0


@given(ODD, st.fractions(Fraction(1, 16), 40, max_denominator=24))
def test_measures_follow_one_another_to_the_end_of_the_piece(meter: Meter, length_beats: Fraction) -> None:
    measures = lay_measures(meter, length_beats, {})
    assert measures[0].start == 0
    assert [measure.index for measure in measures] == list(range(len(measures)))
    assert all(before.end == after.start for before, after in pairwise(measures))
    assert measures[-1].start < length_beats * 960 <= measures[-1].end
    assert all(len(measure.groups) > 1 for measure in measures)


@pytest.mark.parametrize(
    ("tick", "beats"),
    [(0, "0"), (120, "3/20"), (240, "3/10"), (360, "2/5"), (480, "1/2"), (720, "4/5"), (3840 + 240, "43/10")],
)
def test_swing_moves_the_second_step_of_a_pair_and_what_lies_between(tick: int, beats: str) -> None:
    assert SwungGrid(bars(2), Swing(Fraction(1, 2), Fraction(3, 5))).beats(tick) == Fraction(beats)


def test_groups_that_pairs_do_not_fill_stay_straight() -> None:
    grid = SwungGrid(bars(1, "15/16"), Swing(Fraction(1, 2), Fraction(3, 5)))
    assert [grid.beats(tick) for tick in (0, 240, 480, 720)] == [0, Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)]


@given(
    st.lists(st.integers(0, 7679), min_size=2, max_size=20, unique=True), st.fractions(Fraction(1, 2), Fraction(3, 4))
)
def test_swing_keeps_the_order_of_notes(ticks: list[int], long_share: Fraction) -> None:
    grid = SwungGrid(bars(2), Swing(Fraction(1), long_share))
    moved = [grid.beats(tick) for tick in sorted(ticks)]
    assert all(before < after for before, after in pairwise(moved))
