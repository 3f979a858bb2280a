"""Bar lines, their numbers, and snapping to them."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.desktop.takes.bar_lines import MIN_BEAT_PX, MIN_LINE_PX, MIN_NUMBER_PX, BarLines
from bridge.desktop.takes.zoom import Zoom
from engine.music import Meter, TempoMap

WIDTH = 974.0
RATE = 48_000


def grid(meter: str, tempo_map: TempoMap, beats: int) -> BarLines:
    """Return the grid of a take of `beats` quarter notes, its frames as the product counts them."""
    frames = tempo_map.frames(beats, RATE)
    found = []
    for step in (Meter.parse(meter).bar_beats, Fraction(4, Meter.parse(meter).denominator)):
        numbers = range(int(beats / step) + 1)
        found.append([at for number in numbers if (at := tempo_map.frames(number * step, RATE)) < frames])
    return BarLines(found[0], found[1], frames)


RAMP = TempoMap.parse([{"beat": 0, "bpm": 60, "ramp": True}, {"beat": 64, "bpm": 180, "ramp": False}])
GRIDS = {
    "4/4": grid("4/4", TempoMap.constant(120.0), 480),
    "7/8 with a bar cut short": grid("7/8", TempoMap.constant(97.6), 40),
    "ramp": grid("4/4", RAMP, 100),
    "one bar": grid("4/4", TempoMap.constant(20.0), 4),
}


@pytest.mark.parametrize("name", GRIDS)
@given(zoom=st.floats(1.0, 2_000.0), at=st.floats(0.0, WIDTH), scroll=st.floats(-3_000.0, 3_000.0))
def test_lines_are_on_bars_and_beats_and_never_too_near(name: str, zoom: float, at: float, scroll: float) -> None:
    bars = GRIDS[name]
    view = Zoom.fit(bars.frames, WIDTH).zoomed(zoom, at).scrolled(scroll)
    lines, numbers = list(bars.lines(view)), list(bars.numbers(view))
    exact = {view.x(frame): False for frame in bars.beats} | {view.x(frame): True for frame in bars.bars}
    assert all(exact[x] == is_bar for x, is_bar in lines)
    room = MIN_BEAT_PX if any(not is_bar for _, is_bar in lines) else MIN_LINE_PX
    places = [x for x, _ in lines]
    assert all(after - before >= room - 1e-6 for before, after in pairwise(places))
    labels = [x for x, _ in numbers]
    assert all(after - before >= MIN_NUMBER_PX - 1e-6 for before, after in pairwise(labels))
    assert all(x == max(0.0, view.x(bars.bars[number - 1])) for x, number in numbers)
    if bars.narrowest_bar < view.width_px * view.frames_per_px:
        assert lines, "a bar is narrower than what is in sight, and no line is seen"


def test_a_bar_number_is_always_in_sight_once_bars_are_wide() -> None:
    bars = GRIDS["4/4"]
    view = Zoom.fit(bars.frames, WIDTH).zoomed(2_000, WIDTH / 2)
    for step in range(200):
        seen = list(bars.numbers(view.scrolled(7.0 * step)))
        assert seen
        assert all(0 <= x < WIDTH for x, _ in seen)


def test_edges_step_and_snap() -> None:
    bars = GRIDS["7/8 with a bar cut short"]
    edges = bars.edges
    assert edges[-1] == bars.frames
    assert bars.nearest_edge(edges[3] + 100) == edges[3]
    assert bars.step(edges[3] + 100, 1) == edges[4]
    assert bars.step(0, -1) == 0
    assert bars.step(bars.frames, 5) == bars.frames
    assert bars.whole_bars(edges[5] + 7, edges[3] + 7) == (edges[3], edges[6])
    assert bars.with_edge(edges[3], edges[6] - 50) == (edges[3], edges[6])
    assert bars.with_edge(edges[3], edges[1] + 50) == (edges[1], edges[3])


@given(fixed=st.sampled_from(GRIDS["ramp"].edges), frame=st.integers(0, GRIDS["ramp"].frames - 1))
def test_a_region_pulled_by_its_edge_has_a_bar_at_least(fixed: int, frame: int) -> None:
    start, end = GRIDS["ramp"].with_edge(fixed, frame)
    assert start < end
    assert fixed in (start, end)
    assert {start, end} <= set(GRIDS["ramp"].edges)


EVEN = BarLines([0, 400, 800, 1200], list(range(0, 1600, 100)), 1600)
"""Four bars of four beats, 100 frames a beat."""


def test_beats_are_drawn_only_where_there_is_room_for_them() -> None:
    wide = list(EVEN.lines(Zoom.fit(1600, 1600 / 100 * MIN_BEAT_PX)))
    assert [is_bar for _, is_bar in wide] == [True, False, False, False] * 4
    narrow = list(EVEN.lines(Zoom.fit(1600, 1600 / 100 * MIN_BEAT_PX - 1)))
    assert [is_bar for _, is_bar in narrow] == [True] * 4


def test_numbers_are_of_every_second_bar_where_every_one_is_too_narrow() -> None:
    assert [number for _, number in EVEN.numbers(Zoom.fit(1600, 4 * MIN_NUMBER_PX))] == [1, 2, 3, 4]
    assert [number for _, number in EVEN.numbers(Zoom.fit(1600, 4 * MIN_NUMBER_PX - 1))] == [1, 3]
    assert [number for _, number in EVEN.numbers(Zoom.fit(1600, 10.0))] == [1]


def test_frames_belong_to_the_bar_that_began_last() -> None:
    assert [EVEN.bar_of(frame) for frame in (-5, 0, 399, 400, 1599, 9999)] == [0, 0, 0, 1, 3, 3]


def test_the_shortest_bar_and_beat_are_measured_once() -> None:
    lines = BarLines([0, 400, 700], [0, 100, 150], 1000)
    assert (lines.narrowest_bar, lines.narrowest_beat) == (300, 50)
    assert BarLines([0], [0], 1000).narrowest_bar == 1000
    assert lines.edges == [0, 400, 700, 1000]


def test_an_edge_that_is_pulled_onto_the_fixed_one_leaves_a_bar_at_the_end_too() -> None:
    assert EVEN.with_edge(1600, 1590) == (1200, 1600)
    assert EVEN.with_edge(0, 10) == (0, 400)


def test_where_the_meter_changes_the_number_has_the_new_time_signature() -> None:
    bars = BarLines([0, 4, 8, 11], range(14), 14, {0: "4/4", 2: "3/4"})
    assert [bars.label(number) for number in (1, 2, 3, 4)] == ["1  4/4", "2", "3  3/4", "4"]
    view = Zoom.fit(bars.frames, 100.0)
    assert len(list(bars.numbers(view))) < len(list(BarLines(bars.bars, bars.beats, 14).numbers(view)))
