"""Pieces whose meter changes, bar by bar: every bar line is heard, chords and sections change on bar lines."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.music import Key, Meter, MeterMap, MeterPoint, TempoMap
from engine.music.meter import DENOMINATORS
from engine.sketch.compose import STEMS, compose, read_wishes
from engine.sketch.compose.changing_meter import (
    fitting_feel,
    lay_changing_measures,
    pulled,
    section_starts,
)
from engine.sketch.compose.form import make_plan
from engine.sketch.compose.grid import TICKS
from engine.sketch.composition import Composition
from engine.sketch.instruments import DRUM_KEYS
from engine.sketch.library import load_styles

E_MINOR = Key("E", "minor")
SONG = MeterMap(
    [
        MeterPoint(0, Meter(4, 4)),
        MeterPoint(2, Meter(3, 4)),
        MeterPoint(6, Meter(7, 8)),
        MeterPoint(10, Meter(4, 4)),
    ]
)
BARS = 14


@st.composite
def meter_maps(draw: st.DrawFn) -> MeterMap:
    bars = [0]
    for step in draw(st.lists(st.integers(1, 5), min_size=1, max_size=4)):
        bars.append(bars[-1] + step)
    meters = st.builds(Meter, st.integers(1, 17), st.sampled_from(DENOMINATORS[1:]))
    return MeterMap([MeterPoint(bar, draw(meters)) for bar in bars])


def made(style: str, bpm: float = 110, chords: str = "", lyrics: str = "", seed: int = 3) -> Composition:
    wishes = read_wishes({"chords": chords}, lyrics)
    tempo_map = TempoMap.constant(bpm)
    return compose(style, E_MINOR, SONG.first, tempo_map, SONG.beats(BARS), STEMS, seed, wishes, meter_map=SONG)


def onsets(piece: Composition, stem: str) -> set[Fraction]:
    return {note.start_beats for part in piece.score.parts if part.stem == stem for note in part.notes}


BAR_LINES = set(SONG.bar_starts(SONG.beats(BARS)))


@pytest.mark.parametrize("style", ["funk", "rock", "trap", "bossa"])
def test_drums_and_bass_are_on_the_one_of_every_bar(style: str) -> None:
    piece = made(style, sum(load_styles()[style].tempo) / 2 if style in load_styles() else 120)
    assert onsets(piece, "drums") >= BAR_LINES
    assert onsets(piece, "bass") >= BAR_LINES
    kicks = {n.start_beats for n in piece.score.parts[0].notes if n.pitch == DRUM_KEYS["kick"]}
    assert len(kicks & BAR_LINES) >= len(BAR_LINES) - 2


def test_played_against_one_meter_the_bar_lines_are_missed() -> None:
    """Hears that the test above can fail: the same piece in 4/4 throughout has other bars."""
    plain = compose("funk", E_MINOR, Meter(4, 4), TempoMap.constant(110), SONG.beats(BARS), STEMS, 3)
    assert not {chord.start_beats for chord in plain.chords} >= BAR_LINES
    assert {chord.start_beats for chord in made("funk").chords} >= BAR_LINES


def test_chords_that_are_given_fill_a_bar_each_whatever_its_meter() -> None:
    piece = made("pop", chords="Em C G D")
    assert [chord.start_beats for chord in piece.chords] == sorted(BAR_LINES)
    assert [chord.name for chord in piece.chords][:6] == ["Em", "C", "G", "D", "Em", "C"]


def test_a_section_begins_where_a_meter_does_with_a_crash_and_ends_with_a_fill() -> None:
    piece = made("rock")
    crashes = {n.start_beats for n in piece.score.parts[0].notes if n.pitch == DRUM_KEYS["crash"]}
    assert {SONG.beats(point.bar) for point in SONG.points} <= crashes
    plan = make_plan(load_styles()["rock"], Meter(4, 4), SONG.beats(BARS), 110.0, meter_map=SONG)
    assert [section.measures[0].start for section in plan.sections] == [
        int(SONG.beats(point.bar) * TICKS) for point in SONG.points
    ]
    assert all(section.fill_at(len(section.measures) - 1) for section in plan.sections)


def test_tagged_sections_are_moved_to_the_changes_near_their_borders() -> None:
    tags = ["verse", "chorus"]
    plan = make_plan(load_styles()["rock"], Meter(4, 4), SONG.beats(BARS), 110.0, tags, meter_map=SONG)
    borders = {s.measures[0].start for s in plan.sections if s.name == "chorus"}
    assert int(SONG.beats(6) * TICKS) in borders
    assert made("rock", lyrics="[Verse]\n[Chorus]").sections[0] == "verse"


@pytest.mark.parametrize("feel", [Fraction(1, 2), Fraction(2)])
def test_in_half_and_double_time_every_bar_line_begins_a_group(feel: Fraction) -> None:
    measures, _ = lay_changing_measures(SONG, SONG.beats(BARS) * feel, feel, {})
    groups = {measure.start + group.start for measure in measures for group in measure.groups}
    assert groups >= {int(line * feel * TICKS) for line in BAR_LINES}
    assert onsets(made("lofi", 170), "drums") >= BAR_LINES
    assert fitting_feel(MeterMap([MeterPoint(0, Meter(4, 4)), MeterPoint(1, Meter(5, 32))]), feel) == max(1, feel)


@settings(max_examples=40)
@given(meter_maps(), st.integers(1, 24), st.sampled_from([Fraction(1, 2), Fraction(1), Fraction(2)]))
def test_measures_leave_no_gap_and_every_change_begins_one(meters: MeterMap, bars: int, feel: Fraction) -> None:
    assume(not meters.is_constant)
    feel = fitting_feel(meters, feel)
    length = meters.beats(bars) * feel
    measures, begins = lay_changing_measures(meters, length, feel, {"7/8": (2, 2, 3)})
    assert [measure.index for measure in measures] == list(range(len(measures)))
    assert measures[0].start == 0
    assert all(before.end == after.start for before, after in pairwise(measures))
    assert measures[-1].start < length * TICKS <= measures[-1].end
    changes = [meters.beats(point.bar) * feel * TICKS for point in meters.points if point.bar < bars]
    assert [measures[begin].start for begin in begins] == changes
    for measure in measures:
        assert measure.groups[0].start == 0
        assert all(one.start + one.length == other.start for one, other in pairwise(measure.groups))


@settings(max_examples=8, deadline=None)
@given(meter_maps(), st.integers(1, 12), st.integers(0, 999), st.sampled_from(["pop", "jazz", "techno"]))
def test_every_map_is_played_in_its_length(meters: MeterMap, bars: int, seed: int, style: str) -> None:
    length = min(meters.beats(bars), Fraction(48))
    piece = compose(
        style, E_MINOR, meters.first, TempoMap.constant(100), length, (), seed, meter_map=meters.until(length)
    )
    for part in piece.score.parts:
        assert part.notes, part.stem
        assert all(0 <= note.start_beats < note.start_beats + note.length_beats <= length for note in part.notes)
    assert piece.chords[0].start_beats == 0
    assert piece.chords[-1].end_beats == length
    assert all(before.end_beats == after.start_beats for before, after in pairwise(piece.chords))


def test_one_odd_bar_does_not_begin_a_section() -> None:
    assert section_starts([0, 4, 5], 9) == [0, 5]
    assert section_starts([0, 1, 2, 3], 4) == [0]
    assert section_starts([0, 2, 6], 10) == [0, 2, 6]
    assert section_starts([0], 7) == [0]


@pytest.mark.parametrize(
    ("sizes", "starts", "found"),
    [
        ([8, 8], [], [8, 8]),
        ([8, 8], [6], [6, 10]),
        ([8, 8], [3], [8, 8]),  # too far away
        ([4, 4, 4], [3, 6], [3, 3, 6]),
        ([1, 1, 0], [1], [1, 1, 0]),
        ([5], [2], [5]),
    ],
)
def test_borders_are_pulled(sizes: list[int], starts: list[int], found: list[int]) -> None:
    assert pulled(sizes, starts) == found
