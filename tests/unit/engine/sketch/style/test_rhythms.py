"""The rhythms of a style file: patterns by meter and lane, and fills."""

import pytest

from engine.errors import InvalidValue
from engine.sketch.checked_table import CheckedTable
from engine.sketch.pattern import BASS_MARKS, Mark
from engine.sketch.style.rhythms import WRITTEN_METERS, read_drums, read_fills, read_rhythms


def by_meter() -> CheckedTable:
    return CheckedTable({meter: ["R"] for meter in WRITTEN_METERS}, "x: bass.")


def drums(**lanes: object) -> CheckedTable:
    return CheckedTable({meter: dict(lanes) for meter in WRITTEN_METERS}, "x: drums.")


def test_every_written_meter_has_its_alternatives() -> None:
    rhythms = read_rhythms(by_meter(), BASS_MARKS)
    assert set(rhythms) == set(WRITTEN_METERS)
    assert rhythms["5/4"][0].marks == (Mark(0, 1, "R"),)


@pytest.mark.parametrize(
    ("meter", "text"),
    [("4/4", "R...."), ("4/4", "R" * 11), ("3/4", "R" * 16), ("6/8", "RRR"), ("2/4", "R.."), ("7/8", "R" * 8)],
)
def test_steps_divide_the_bar_evenly(meter: str, text: str) -> None:
    table = by_meter()
    table.data[meter] = [text]
    with pytest.raises(InvalidValue, match=f"bass.{meter} must be as many steps as divide a bar of {meter} evenly"):
        read_rhythms(table, BASS_MARKS)


@pytest.mark.parametrize(
    ("meter", "steps"), [("4/4", 16), ("4/4", 12), ("4/4", 3), ("7/8", 14), ("6/8", 6), ("2/4", 1)]
)
def test_triplets_and_single_notes_are_even_steps(meter: str, steps: int) -> None:
    table = by_meter()
    table.data[meter] = ["R" + "." * (steps - 1)]
    assert read_rhythms(table, BASS_MARKS)[meter][0].steps == steps


def test_a_part_is_not_silent_in_any_meter() -> None:
    table = by_meter()
    table.data["4/4"] = ["", "...."]
    with pytest.raises(InvalidValue, match=r"bass\.4/4 must be a list with at least one note in it, not 'silence'"):
        read_rhythms(table, BASS_MARKS)


def test_another_meter_is_not_read() -> None:
    table = CheckedTable({meter: ["R"] for meter in (*WRITTEN_METERS, "11/8")}, "x: bass.")
    with pytest.raises(InvalidValue, match="keys nobody knows, not '11/8'"):
        read_rhythms(table, BASS_MARKS)


def test_drums_are_turned_from_meters_of_lanes_to_lanes_of_meters() -> None:
    lanes = read_drums(drums(kick=["9."], snare=[".8", ".7"]), needs_kick=True)
    assert list(lanes) == ["kick", "snare"]
    assert set(lanes["kick"]) == set(WRITTEN_METERS)
    assert len(lanes["snare"]["4/4"]) == 2


def test_a_kick_is_needed_in_drums_and_not_in_percussion() -> None:
    assert list(read_drums(drums(shaker=["5"]), needs_kick=False)) == ["shaker"]
    with pytest.raises(InvalidValue, match=r"drums\.4/4\.kick must be given"):
        read_drums(drums(snare=["5"]), needs_kick=True)


def test_an_unknown_lane_is_named() -> None:
    with pytest.raises(InvalidValue, match=r"drums\.4/4\.gong must be one of kick, side, snare"):
        read_drums(drums(kick=["9"], gong=["9"]), needs_kick=True)


def test_fills_are_lanes_of_sixteenths() -> None:
    table = CheckedTable({"small": [{"snare": "5 7"}, {"snare": "9", "kick": "9"}]}, "x: fills.")
    first, second = read_fills(table, "small")
    assert (first["snare"].steps, first["snare"].marks[1]) == (2, Mark(1, 1, "7"))
    assert list(second) == ["snare", "kick"]


@pytest.mark.parametrize(
    ("fill", "says"),
    [({"gong": "9"}, r"fills\.small\[1\]\.gong"), ({"snare": "R"}, r"fills\.small\[1\]\.snare"), ("9", "a table")],
)
def test_a_wrong_fill_is_named_by_its_number(fill: object, says: str) -> None:
    with pytest.raises(InvalidValue, match=says):
        read_fills(CheckedTable({"small": [{"snare": "9"}, fill]}, "x: fills."), "small")
