"""Zooming, scrolling and bar lines as arithmetic."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.app.player import BUCKET_FRAMES
from bridge.app.player.peaks import Peaks
from bridge.desktop.takes.bar_lines import MIN_BEAT_PX, MIN_LINE_PX, MIN_NUMBER_PX, BarLines
from bridge.desktop.takes.zoom import Zoom
from engine.music import Meter, TempoMap

FRAMES, WIDTH = 11_520_000, 974.0
RATE = 48_000
moves = st.lists(
    st.one_of(
        st.tuples(st.just("zoom"), st.floats(0.05, 20.0), st.floats(0.0, WIDTH)),
        st.tuples(st.just("scroll"), st.floats(-5_000.0, 5_000.0)),
        st.tuples(st.just("resize"), st.floats(1.0, 4_000.0)),
        st.tuples(st.just("turn"), st.integers(0, FRAMES - 1)),
    ),
    max_size=12,
)


def moved(view: Zoom, wanted: list[tuple[object, ...]]) -> Zoom:
    names = {"zoom": "zoomed", "scroll": "scrolled", "resize": "resized", "turn": "turned_to"}
    for name, *values in wanted:
        view = getattr(view, names[str(name)])(*values)
    return view


@given(frames=st.sampled_from([1, 3_000, 48_000, FRAMES]), wanted=moves)
def test_the_view_stays_inside_the_take_and_between_all_of_it_and_its_finest_detail(
    frames: int, wanted: list[tuple[object, ...]]
) -> None:
    view = moved(Zoom.fit(frames, WIDTH), wanted)
    whole = frames / view.width_px
    assert min(BUCKET_FRAMES, whole) * (1 - 1e-9) <= view.frames_per_px <= whole * (1 + 1e-9)
    assert view.start >= 0
    assert view.end <= frames * (1 + 1e-9)
    assert 0 <= view.frame(-1.0) <= view.frame(view.width_px + 1) < frames


@given(wanted=moves, factor=st.floats(1.0, 8.0), share=st.floats(0.0, 1.0))
def test_what_is_under_the_mouse_stays_there(wanted: list[tuple[object, ...]], factor: float, share: float) -> None:
    view = moved(Zoom.fit(FRAMES, WIDTH), wanted)
    x = share * view.width_px
    assert view.zoomed(factor, x).frame(x) == pytest.approx(view.frame(x), abs=2)


@given(wanted=moves, frame=st.integers(0, FRAMES - 1))
def test_a_view_that_is_turned_to_a_frame_shows_it(wanted: list[tuple[object, ...]], frame: int) -> None:
    view = moved(Zoom.fit(FRAMES, WIDTH), wanted)
    turned = view.turned_to(frame)
    assert turned.shows(frame)
    assert (turned == view) == view.shows(frame)


def test_zooming_out_ends_with_all_of_it_and_a_resize_keeps_that() -> None:
    view = Zoom.fit(FRAMES, WIDTH).zoomed(100, 300).scrolled(1234)
    assert not view.is_whole
    assert view.zoomed(0.001, 10).is_whole
    assert view.zoomed(0.001, 10).resized(500).is_whole
    assert view.resized(500).frames_per_px == view.frames_per_px


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


@given(
    count=st.integers(1, 400),
    first=st.floats(0, 40_000),
    length=st.floats(1, 60_000),
    seed=st.integers(0, 99),
)
def test_columns_hold_every_extreme_of_their_stretch(count: int, first: float, length: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    low, high = rng.integers(-127, 0, 700, dtype=np.int8), rng.integers(0, 127, 700, dtype=np.int8)
    drawn_low, drawn_high = Peaks(low, high).columns(first, first + length, count)
    assert (len(drawn_low), len(drawn_high)) == (count, count)
    begin, stop = int(first / BUCKET_FRAMES) + 1, int((first + length) / BUCKET_FRAMES) - 1
    width = length / count / BUCKET_FRAMES
    inner = slice(begin + int(width) + 1, max(0, stop - int(width) - 1))
    if len(low[inner]):
        assert drawn_low.min() <= low[inner].min()
        assert drawn_high.max() >= high[inner].max()


def test_columns_do_not_flicker_while_they_scroll() -> None:
    rng = np.random.default_rng(3)
    peaks = Peaks(rng.integers(-127, 0, 9_000, dtype=np.int8), rng.integers(0, 127, 9_000, dtype=np.int8))
    view = Zoom.fit(576_000, 500.0).zoomed(3.7, 100.0)
    before = peaks.columns(view.start, view.end, 500)[1]
    view = view.scrolled(11.0)
    after = peaks.columns(view.start, view.end, 500)[1]
    assert np.array_equal(before[11:], after[:-11])
