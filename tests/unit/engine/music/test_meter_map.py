"""The meter map against bars counted one by one in exact fractions, and strict about what it reads."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidValue
from engine.music import Meter, MeterMap, MeterPoint, TempoMap, TempoPoint
from engine.music.meter import DENOMINATORS
from engine.music.meter_map import MAX_BAR, MAX_POINTS, meter_of_beats

meters = st.builds(Meter, st.integers(1, 32), st.sampled_from(DENOMINATORS))
places = st.fractions(0, 400, max_denominator=960)


@st.composite
def meter_maps(draw: st.DrawFn) -> MeterMap:
    """Maps of 1–6 points, up to 12 bars apart."""
    bars = [0]
    for step in draw(st.lists(st.integers(1, 12), max_size=5)):
        bars.append(bars[-1] + step)
    return MeterMap([MeterPoint(bar, draw(meters)) for bar in bars])


def counted(meter_map: MeterMap, bars: int) -> list[tuple[Fraction, Meter]]:
    """Count the bars one by one: (beat at which it begins, meter) of the first `bars` bars."""
    held = {point.bar: point.meter for point in meter_map.points}
    meter, beat, found = held[0], Fraction(0), []
    for bar in range(bars):
        meter = held.get(bar, meter)
        found.append((beat, meter))
        beat += meter.bar_beats
    return found


@given(meter_maps(), st.integers(0, 90), st.fractions(0, 1, max_denominator=97))
def test_bars_become_the_beats_of_a_count_and_come_back(meter_map: MeterMap, bar: int, share: Fraction) -> None:
    begins, meter = counted(meter_map, bar + 1)[bar]
    beats = begins + share * meter.bar_beats
    assert meter_map.beats(bar + share) == beats
    assert meter_map.bars(beats) == bar + share
    assert meter_map.meter_of_bar(bar) == meter_map.meter_at(begins) == meter
    if share < 1:
        assert meter_map.position(beats) == (bar, beats - begins)
        assert meter_map.meter_at(beats) == meter


@given(meter_maps(), places)
def test_a_length_in_beats_has_the_lines_of_a_count(meter_map: MeterMap, length: Fraction) -> None:
    lines = list(meter_map.bar_starts(min(length, Fraction(60))))
    assert lines == [beat for beat, _ in counted(meter_map, len(lines))]
    beats = list(meter_map.beat_starts(min(length, Fraction(60))))
    assert [beat for beat, begins_bar in beats if begins_bar] == lines
    assert beats == sorted(beats)
    for (at, _), (following, _) in pairwise(beats):
        assert following - at == Fraction(4, meter_map.meter_at(at).denominator)


@given(meter_maps(), places)
def test_the_next_bar_line_is_the_first_one_not_before_a_place(meter_map: MeterMap, place: Fraction) -> None:
    line = meter_map.next_bar(place)
    assert meter_map.position(line)[1] == 0
    assert line >= place
    assert meter_map.bars(line) - meter_map.bars(place) < 1


@given(meter_maps(), st.fractions(0, 60, max_denominator=8), places)
def test_another_start_hears_the_same_meter_at_the_same_beat(
    meter_map: MeterMap, start: Fraction, place: Fraction
) -> None:
    """Once a change has come, its bar lines are those of the song."""
    try:
        moved = meter_map.from_beat(start)
    except InvalidValue as error:
        assert "thirty-second" in str(error)  # noqa: PT017
        return
    changes = [meter_map.beats(p.bar) for p in meter_map.points if meter_map.beats(p.bar) > start]
    if not changes:
        assert moved == MeterMap.constant(meter_map.meter_at(start))
        return
    assert moved.position(changes[0] - start)[1] == 0
    beat = max(changes[0], start + place)
    assert moved.meter_at(beat - start) == meter_map.meter_at(beat)
    assert moved.position(beat - start)[1] == meter_map.position(beat)[1]


def test_a_start_inside_a_bar_ends_in_a_short_bar_before_the_change() -> None:
    song = MeterMap.parse([{"bar": 0, "time_signature": "4/4"}, {"bar": 2, "time_signature": "3/4"}])
    moved = song.from_beat(2)
    assert [str(p.meter) for p in moved.points] == ["4/4", "2/4", "3/4"]
    assert [p.bar for p in moved.points] == [0, 1, 2]
    assert song.from_beat(4) == MeterMap([MeterPoint(0, Meter(4, 4)), MeterPoint(1, Meter(3, 4))])
    assert song.from_beat(6) == MeterMap([MeterPoint(0, Meter(2, 4)), MeterPoint(1, Meter(3, 4))])
    assert song.from_beat(9) == MeterMap.constant(Meter(3, 4))
    with pytest.raises(
        InvalidValue, match=r"^meter change must be a number of thirty-second notes .*, not '3.7 beats"
    ):
        song.from_beat(Fraction(43, 10))


def test_changes_in_the_middle_of_a_bar_cut_it() -> None:
    """Live and MIDI files can change the meter anywhere."""
    found = MeterMap.from_changes([(0, Meter(4, 4)), (6.5, Meter(7, 8)), (13.5, Meter(7, 8)), (17, Meter(3, 4))])
    assert [(p.bar, str(p.meter)) for p in found.points] == [(0, "4/4"), (1, "5/8"), (2, "7/8"), (5, "3/4")]
    assert found.beats(5) == 17


def test_two_bars_of_four_and_four_of_three_are_six() -> None:
    meter_map = MeterMap.parse([{"bar": 0, "time_signature": "4/4"}, {"bar": 2, "time_signature": "3/4"}])
    assert meter_map.bars(20) == 6
    assert meter_map.beats(6) == 20
    assert str(meter_map) == "4/4 from bar 1, 3/4 from bar 3"
    assert meter_map.until(8) == MeterMap.constant(Meter(4, 4))
    assert meter_map.until(8.25) is meter_map
    assert meter_map.meters == (Meter(4, 4), Meter(3, 4))


def test_a_musician_counts_bars_and_beats_of_their_own_denominator() -> None:
    meters = MeterMap([MeterPoint(0, Meter(4, 4)), MeterPoint(1, Meter(7, 8)), MeterPoint(2, Meter(2, 2))])
    places = (0, 3.9999999999, 4, 6.4, 7.4999999999, 7.5, 9.5, 11.4)
    assert [meters.count_at(beat) for beat in places] == [
        (0, 0), (1, 0), (1, 0), (1, 4), (2, 0), (2, 0), (2, 1), (2, 1),
    ]  # fmt: skip


def test_a_lap_comes_again() -> None:
    lap = MeterMap.parse([{"bar": 0, "time_signature": "4/4"}, {"bar": 2, "time_signature": "3/4"}])
    assert [p.bar for p in lap.repeated(3, 8).points] == [0, 2, 3, 5, 6]
    assert lap.repeated(3, 8).beats(6) == 22
    assert lap.repeated(2, 8) == MeterMap.constant(Meter(4, 4))


@given(meter_maps())
def test_equal_maps_are_equal_and_travel_as_json(meter_map: MeterMap) -> None:
    again = MeterMap.parse(json.loads(json.dumps(meter_map.to_json())))
    assert again == meter_map
    assert hash(again) == hash(meter_map)
    assert again.is_constant == (len(again.points) == 1)
    assert MeterMap([*meter_map.points, MeterPoint(MAX_BAR, meter_map.points[-1].meter)]) == meter_map
    assert meter_map != MeterMap([*meter_map.points, MeterPoint(MAX_BAR, Meter(31, 32))])


@settings(max_examples=50)
@given(meter_maps(), st.lists(st.tuples(st.integers(1, 40), st.floats(20, 400), st.booleans()), max_size=4))
def test_with_a_tempo_map_bars_are_seconds(meter_map: MeterMap, steps: list[tuple[int, float, bool]]) -> None:
    beat, points = 0, [TempoPoint(0.0, 97.6)]
    for step, bpm, ramp in steps:
        beat += step
        points.append(TempoPoint(float(beat), bpm, ramp))
    tempo_map = TempoMap(points)
    for bar in range(12):
        begins = counted(meter_map, bar + 1)[bar][0]
        assert meter_map.exact_seconds(bar, tempo_map) == tempo_map.exact_seconds(begins)
        assert meter_map.frames(bar, tempo_map, 44_100) == tempo_map.frames(begins, 44_100)


@given(st.integers(1, 32), st.sampled_from(DENOMINATORS), meters)
def test_every_bar_length_that_has_a_time_signature_finds_one(numerator: int, denominator: int, like: Meter) -> None:
    beats = Fraction(4 * numerator, denominator)
    if denominator >= 4:
        assert meter_of_beats(beats, like).bar_beats == beats
    assert meter_of_beats(like.bar_beats, like) == like


@pytest.mark.parametrize(
    ("wire", "sentence"),
    [
        ("4/4", 'meter_map must be a list of {"bar": whole number, "time_signature": text} that starts at bar 0'),
        ([], "meter_map must be a list of 1–10,000 points, not '0 points'"),
        (
            [{"bar": 1, "time_signature": "4/4"}],
            "meter_map[0].bar must be 0 (the map counts from the request's start)",
        ),
        ([{"bar": 0}], 'meter_map[0] must be made of {"bar": whole number, "time_signature": "3/4"}, not {'),
        ([{"bar": 0, "time_signature": "4/4", "x": 1}], "meter_map[0] must be made of"),
        ([{"bar": 0, "time_signature": "33/4"}], "meter_map[0].time_signature must be a time signature like 4/4"),
        ([{"bar": 0, "time_signature": 4}], "meter_map[0].time_signature must be a time signature like 4/4"),
        ([{"bar": True, "time_signature": "4/4"}], "meter_map[0].bar must be a whole number from 0 to 1,000,000"),
        ([{"bar": 0.5, "time_signature": "4/4"}], "meter_map[0].bar must be a whole number from 0 to 1,000,000"),
        ([{"bar": float("nan"), "time_signature": "4/4"}], "meter_map[0].bar must be a whole number"),
        ([{"bar": 10**5000, "time_signature": "4/4"}], "meter_map[0].bar must be a whole number"),
        (
            [{"bar": 0, "time_signature": "4/4"}, {"bar": 0, "time_signature": "3/4"}],
            "meter_map[1].bar must be a whole number above the point before it (0), up to 1,000,000, not 0.",
        ),
    ],
)
def test_what_is_wrong_is_named_in_one_sentence(wire: object, sentence: str) -> None:
    with pytest.raises(InvalidValue) as fault:
        MeterMap.parse(wire)
    assert sentence in str(fault.value)
    assert len(str(fault.value)) < 400


def test_too_many_points() -> None:
    wire = [{"bar": bar, "time_signature": f"{3 + bar % 2}/4"} for bar in range(MAX_POINTS + 1)]
    with pytest.raises(InvalidValue, match="10001 points"):
        MeterMap.parse(wire)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_anything_else_is_refused_in_a_sentence(value: object) -> None:
    with pytest.raises(InvalidValue):
        MeterMap.parse(value)
