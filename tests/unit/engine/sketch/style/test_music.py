"""The harmony of a style file: progressions, colours, grouping."""

import pytest

from engine.errors import InvalidValue
from engine.music.key import MODES
from engine.sketch.checked_table import CheckedTable
from engine.sketch.style.model import ChordStep
from engine.sketch.style.music import read_colours, read_grouping, read_harmony


def harmony(text: str) -> CheckedTable:
    return CheckedTable({mode: ["1 4", text] for mode in MODES}, "x.toml: harmony.")


def test_a_progression_is_degrees_by_bar_with_qualities() -> None:
    pools = read_harmony(harmony("1 4 2/5:7 1"))
    assert set(pools) == set(MODES)
    assert pools["minor"] == (
        ((ChordStep(1),), (ChordStep(4),)),
        ((ChordStep(1),), (ChordStep(4),), (ChordStep(2), ChordStep(5, "7")), (ChordStep(1),)),
    )


@pytest.mark.parametrize("text", ["4 1", "1 4 1", "1", "2/1 4", ""])
def test_a_progression_has_a_usual_length_and_begins_on_the_tonic(text: str) -> None:
    with pytest.raises(InvalidValue, match=r"harmony\.major must be 2, 4, 8, 12, 16 bars that begin on 1") as caught:
        read_harmony(harmony(text))
    assert caught.value.given == text


@pytest.mark.parametrize("text", ["1 8", "1 0", "1 4:sharp", "1 4/", "1 IV", "1 10"])
def test_other_degrees_and_qualities_are_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="must be degrees 1–7 by bar"):
        read_harmony(harmony(text))


def test_every_mode_is_needed_and_no_other_is_known() -> None:
    table = CheckedTable({mode: ["1 4"] for mode in MODES if mode != "dorian"}, "x.toml: harmony.")
    with pytest.raises(InvalidValue, match=r"harmony\.dorian must be given"):
        read_harmony(table)
    table = CheckedTable({mode: ["1 4"] for mode in (*MODES, "aeolic")}, "x.toml: harmony.")
    with pytest.raises(InvalidValue, match="keys nobody knows, not 'aeolic'"):
        read_harmony(table)


def test_colours_are_chord_tones_or_a_power_chord() -> None:
    assert read_colours(("1 3 5", "1 3 7 9", "1 5 8"), "colours") == ((1, 3, 5), (1, 3, 7, 9), (1, 5, 8))


@pytest.mark.parametrize("text", ["1 3", "3 5 7", "1 5 7", "1 3 3", "1 3 5 7 9", "1 3 8", "1 3 6", "", "1 5"])
def test_other_colours_are_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="colours must be three or four of"):
        read_colours(("1 3 5", text), "colours")


def test_groups_are_twos_and_threes_that_fill_the_bar() -> None:
    table = CheckedTable({"7/8": [3, 2, 2], "10/16": [2, 3, 3, 2]}, "x.toml: grouping.")
    assert read_grouping(table) == {"7/8": (3, 2, 2), "10/16": (2, 3, 3, 2)}
    assert read_grouping(CheckedTable({}, "x.toml: grouping.")) == {}


@pytest.mark.parametrize("sizes", [[3, 3], [4, 3], [2, 2, 2], ["3", 2, 2]])
def test_other_groups_are_refused(sizes: list[object]) -> None:
    with pytest.raises(InvalidValue, match=r"grouping\.7/8 must be groups of 2 and 3 that fill the bar"):
        read_grouping(CheckedTable({"7/8": sizes}, "x.toml: grouping."))
