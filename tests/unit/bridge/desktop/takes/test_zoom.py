"""Zooming and scrolling as arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.app.player import BUCKET_FRAMES
from bridge.desktop.takes.zoom import LEAD, Zoom

FRAMES, WIDTH = 11_520_000, 974.0
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


def test_the_whole_take_fills_the_width() -> None:
    zoom = Zoom.fit(48_000, 480.0)
    assert (zoom.start, zoom.frames_per_px, zoom.end) == (0.0, 100.0, 48_000.0)
    assert (zoom.x(24_000), zoom.frame(240.0)) == (240.0, 24_000)
    assert zoom.is_whole


def test_a_widget_without_width_counts_as_one_pixel() -> None:
    assert Zoom.fit(48_000, 0.0).frames_per_px == 48_000


def test_zooming_in_halves_the_frames_per_pixel_around_the_mouse() -> None:
    zoom = Zoom.fit(480_000, 480.0).zoomed(2.0, 240.0)
    assert (zoom.frames_per_px, zoom.start, zoom.end) == (500.0, 120_000.0, 360_000.0)
    assert not zoom.is_whole


def test_the_closest_zoom_is_one_bucket_of_peaks_per_pixel() -> None:
    assert Zoom.fit(480_000, 480.0).zoomed(1e6, 0.0).frames_per_px == BUCKET_FRAMES


def test_scrolling_stops_at_both_ends() -> None:
    zoom = Zoom.fit(480_000, 480.0).zoomed(2.0, 0.0)
    assert zoom.scrolled(10.0).start == 5_000.0
    assert zoom.scrolled(-10.0).start == 0.0
    assert zoom.scrolled(1e6).start == 240_000.0


def test_the_playhead_stands_a_tenth_from_the_left_after_the_view_has_followed_it() -> None:
    zoom = Zoom.fit(480_000, 480.0).zoomed(4.0, 0.0).turned_to(200_000)
    assert zoom.x(200_000) == pytest.approx(LEAD * 480.0)
