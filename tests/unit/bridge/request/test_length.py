"""Lengths: seconds to whole bars, against exact fractions, and how a take ends."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.request.layers import Layers
from bridge.request.length import Length, nearest_bars, settle_length
from bridge.request.trigger import Trigger
from engine.music import Meter, MeterMap, TempoMap, TempoPoint
from engine.music.meter import DENOMINATORS
from engine.origin import Origin

FOUR, AT_120 = MeterMap.constant(Meter(4, 4)), TempoMap.constant(120.0)
PIECE = Trigger({})
tempos = st.integers(200, 4000).map(lambda tenths: tenths / 10)
meters = st.builds(Meter, st.integers(1, 32), st.sampled_from(DENOMINATORS))


@st.composite
def tempo_maps(draw: st.DrawFn) -> TempoMap:
    """Maps of up to four points, steps and ramps."""
    beats = sorted(draw(st.sets(st.integers(1, 200), max_size=3)))
    return TempoMap(TempoPoint(float(beat), draw(tempos), draw(st.booleans())) for beat in (0, *beats))


def exact_s(tempo_map: TempoMap, beats: Fraction) -> Fraction:
    """Return the time of `beats` summed point by point; inside a ramp by bisection of its exact parabola."""
    total = Fraction(0)
    points = [*tempo_map.points]
    for point, following in zip(points, [*points[1:], None], strict=True):
        start, bpm = Fraction(point.beat), Fraction(repr(point.bpm))
        end = beats if following is None else min(beats, Fraction(following.beat))
        if end <= start:
            break
        if following is None or not point.ramp:
            total += (end - start) * 60 / bpm
            continue
        length = Fraction(following.beat) - start
        rise = Fraction(repr(following.bpm)) - bpm
        lasts = 120 * length / (2 * bpm + rise)
        low, high = Fraction(0), Fraction(1)  # shares of the ramp's duration
        for _ in range(60):
            middle = (low + high) / 2
            reached = lasts * (bpm * middle + rise * middle * middle / 2) / 60
            low, high = (middle, high) if reached < end - start else (low, middle)
        total += lasts * high
    return total


@settings(max_examples=60, deadline=None)
@given(seconds=st.integers(10, 240), tempo_map=tempo_maps(), meter=meters)
def test_no_other_number_of_bars_is_nearer(seconds: int, tempo_map: TempoMap, meter: Meter) -> None:
    bars = nearest_bars(seconds, tempo_map, MeterMap.constant(meter))
    assert bars >= 1
    away, *others = (
        abs(exact_s(tempo_map, number * meter.bar_beats) - seconds) for number in (bars, bars + 1, max(1, bars - 1))
    )
    assert away <= min(others) + Fraction(1, 10**6)


@settings(max_examples=60, deadline=None)
@given(bars=st.integers(1, 40), tempo=tempos, meter=meters)
def test_a_length_of_whole_bars_is_kept(bars: int, tempo: float, meter: Meter) -> None:
    tempo_map = TempoMap.constant(tempo)
    assert nearest_bars(tempo_map.seconds(bars * meter.bar_beats), tempo_map, MeterMap.constant(meter)) == bars


def test_of_two_equally_near_the_even_is_taken() -> None:
    assert [nearest_bars(seconds, AT_120, FOUR) for seconds in (11, 13)] == [6, 6]


def said(origin: Origin = Origin.USER, **block: object) -> Layers:
    return Layers().over(block, origin)


@pytest.mark.parametrize(
    ("block", "trigger", "expected"),
    [
        (said(), PIECE, (8.0, "loop", Origin.DEFAULT)),
        (said(Origin.DEFAULT, output_seconds=60), PIECE, (30.0, "end", Origin.DEFAULT)),
        (said(bars=2.5), PIECE, (2.5, "loop", Origin.USER)),
        (said(Origin.PRESET, bars=2.5, output_seconds=20), PIECE, (2.5, "loop", Origin.PRESET)),
        (said(bars=2, ending="end"), PIECE, (2.0, "end", Origin.USER)),
        (said(output_seconds=20), PIECE, (10.0, "end", Origin.USER)),
        (said(output_seconds=20, ending="loop"), PIECE, (10.0, "loop", Origin.USER)),
        (said(output_seconds=20, ending="auto"), PIECE, (10.0, "end", Origin.USER)),
        (said(output_seconds=11), Trigger({}, whole_bars=False), (5.5, "end", Origin.USER)),
    ],
)
def test_what_is_asked_decides_on_length_and_ending(
    block: Layers, trigger: Trigger, expected: tuple[float, str, Origin]
) -> None:
    assert settle_length(block, AT_120, FOUR, trigger) == Length(*expected)


def test_without_a_word_it_is_as_long_as_usual_in_the_style() -> None:
    assert settle_length(said(), AT_120, FOUR, PIECE, usual=12) == Length(12.0, "loop", Origin.STYLE)


def test_a_loop_of_the_daw_becomes_whole_bars_and_loops() -> None:
    assert settle_length(said(), AT_120, FOUR, PIECE, loop=(9.7, Origin.DAW)) == Length(2.0, "loop", Origin.DAW)
    assert settle_length(said(), AT_120, FOUR, PIECE, loop=(0.5, Origin.DAW)) == Length(1.0, "loop", Origin.DAW)


def test_the_notice_has_both_lengths_and_only_if_they_differ() -> None:
    (told,) = settle_length(said(output_seconds=11), AT_120, FOUR, PIECE).notices
    assert told == "Asked for 11 s; made 6 bars of 4/4, 12.000 s, so that it ends on a bar line."
    assert settle_length(said(output_seconds=12), AT_120, FOUR, PIECE).notices == ()
    assert settle_length(said(output_seconds=11, task="repaint"), AT_120, FOUR, PIECE).notices == ()
    assert settle_length(said(Origin.DEFAULT, output_seconds=11), AT_120, FOUR, PIECE).notices == ()


def test_seconds_become_bars_of_a_meter_map() -> None:
    meters = MeterMap.parse([{"bar": 0, "time_signature": "4/4"}, {"bar": 2, "time_signature": "3/4"}])
    length = settle_length(said(output_seconds=10), AT_120, meters, PIECE)  # 8 + 4 × 3 = 20 beats of half a second
    assert (length.bars, length.notices) == (6.0, ())
    (told,) = settle_length(said(output_seconds=11), AT_120, meters, PIECE).notices
    assert told == "Asked for 11 s; made 7 bars, 11.500 s, so that it ends on a bar line."
