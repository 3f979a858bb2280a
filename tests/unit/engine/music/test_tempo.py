"""The one arithmetic on time: exact where it can be, inverse, monotone, additive, and strict about what it reads."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.errors import InvalidValue
from engine.music import TempoMap, TempoPoint
from engine.music.tempo import MAX_BEAT, MAX_POINTS, check_bpm

HUGE = 10**5000

bpms = st.floats(20, 400)
rates = st.sampled_from([8_000, 44_100, 48_000, 96_000, 192_000])


def shown(value: object) -> str:
    """Show also what has no text: integers of thousands of digits."""
    try:
        return repr(value)[:60]
    except ValueError:
        return "huge"


@st.composite
def tempo_maps(draw: st.DrawFn, ramps: bool = True) -> TempoMap:
    """Maps of 1–6 points, at least a sixteenth apart."""
    steps = draw(st.lists(st.integers(1, 400).map(lambda n: n / 16), max_size=5))
    beats = [0.0]
    for step in steps:
        beats.append(beats[-1] + step)
    is_ramp = st.booleans() if ramps else st.just(False)
    return TempoMap([TempoPoint(beat, draw(bpms), draw(is_ramp)) for beat in beats])


@pytest.mark.parametrize(
    ("bpm", "beats", "rate", "frames"),
    [
        (120.0, 4, 48_000, 96_000),
        (97.6, 32, 48_000, 944_262),
        (60.0, 1, 44_100, 44_100),
        (400.0, 1, 8_000, 1_200),
        (20.0, 100_000, 48_000, 14_400_000_000),
        (90.0, 1, 44_100, 29_400),
        (128.0, 1, 44_100, 20_672),  # 20671.875
        (120.0, Fraction(1, 48_000), 48_000, 0),  # half a frame goes to the even one …
        (120.0, Fraction(3, 48_000), 48_000, 2),  # … up as well as down
    ],
)
def test_frames_are_exact(bpm: float, beats: int | Fraction, rate: int, frames: int) -> None:
    assert TempoMap.constant(bpm).frames(beats, rate) == frames


@given(st.integers(2_000, 40_000), st.integers(0, 10**6), rates)
def test_a_tempo_is_the_decimal_that_was_typed(hundredths: int, beats: int, rate: int) -> None:
    bpm = float(f"{hundredths // 100}.{hundredths % 100:02d}")
    assert TempoMap.constant(bpm).frames(beats, rate) == round(Fraction(beats) * 6000 * rate / hundredths)


@given(tempo_maps(ramps=False), st.fractions(0, 2000, max_denominator=960), rates)
def test_steps_add_up_without_drift(tempo_map: TempoMap, beats: Fraction, rate: int) -> None:
    seconds = Fraction(0)
    ends = [*(Fraction(point.beat) for point in tempo_map.points[1:]), max(beats, Fraction(10**6))]
    for point, end in zip(tempo_map.points, ends, strict=True):
        span = min(beats, end) - Fraction(point.beat)
        seconds += max(Fraction(0), span) * 60 / Fraction(repr(point.bpm))
    assert tempo_map.exact_seconds(beats) == seconds
    assert tempo_map.frames(beats, rate) == round(seconds * rate)


@given(tempo_maps(), st.lists(st.floats(0, 500), min_size=2, max_size=20), rates)
def test_frames_between_neighbours_add_up_to_the_whole(tempo_map: TempoMap, cuts: list[float], rate: int) -> None:
    places = [tempo_map.frames(beat, rate) for beat in sorted(cuts)]
    assert sum(end - start for start, end in pairwise(places)) == places[-1] - places[0]
    assert places == sorted(places)
    for beat, place in zip(sorted(cuts), places, strict=True):
        assert abs(place - tempo_map.seconds(beat) * rate) <= 0.5 + 1e-6


@settings(max_examples=200)
@given(tempo_maps(), st.floats(0, 2000))
def test_beats_and_seconds_are_inverse(tempo_map: TempoMap, beat: float) -> None:
    assert tempo_map.beats(tempo_map.seconds(beat)) == pytest.approx(beat, rel=1e-9, abs=1e-7)


@given(tempo_maps(), st.floats(0, 2000))
def test_seconds_and_beats_are_inverse(tempo_map: TempoMap, second: float) -> None:
    assert tempo_map.seconds(tempo_map.beats(second)) == pytest.approx(second, rel=1e-9, abs=1e-7)


@given(tempo_maps(), st.floats(0, 1000), st.floats(1e-6, 100))
def test_later_beats_are_later(tempo_map: TempoMap, beat: float, step: float) -> None:
    before, after = tempo_map.seconds(beat), tempo_map.seconds(beat + step)
    assert step * 60 / 400 * 0.999 - 1e-9 <= after - before <= step * 60 / 20 * 1.001 + 1e-9


@given(tempo_maps())
def test_there_is_no_jump_at_a_point(tempo_map: TempoMap) -> None:
    for point in tempo_map.points[1:]:
        at, before = tempo_map.seconds(point.beat), tempo_map.seconds(point.beat - 1e-9)
        assert at - before == pytest.approx(0, abs=1e-7)
        assert tempo_map.bpm_at(point.beat) == pytest.approx(point.bpm, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(tempo_maps(), st.floats(0.1, 60))
@example(TempoMap([TempoPoint(0, 20, True), TempoPoint(60, 400)]), 59.0)
@example(TempoMap([TempoPoint(0, 400, True), TempoPoint(60, 20)]), 59.9)
def test_tempo_summed_over_time_gives_the_beats(tempo_map: TempoMap, beat: float) -> None:
    """The beat is the integral of the tempo over time; here by the trapezoid rule, each stretch for itself."""
    inner = [point.beat for point in tempo_map.points if point.beat < beat]
    total = 0.0
    for start, end in pairwise([*inner, beat]):
        seconds = np.linspace(tempo_map.seconds(start), tempo_map.seconds(end), 2001)[:-1]
        bpm = [tempo_map.bpm_at(tempo_map.beats(second)) for second in seconds]
        width = (tempo_map.seconds(end) - seconds[0]) / 2000
        # The tempo in front of a step is not the one at it: the last value continues the line of those before it.
        bpm.append(2 * bpm[-1] - bpm[-2])
        total += float(np.trapezoid(bpm, dx=width)) / 60
    assert total == pytest.approx(beat, rel=1e-6)


def test_a_ramp_lasts_as_its_mean_tempo_says() -> None:
    ramp = TempoMap([TempoPoint(0, 60, True), TempoPoint(16, 120)])
    assert ramp.exact_seconds(Fraction(16)) == Fraction(120 * 16, 180)
    assert ramp.bpm_at(0) == 60
    assert ramp.bpm_at(ramp.beats(ramp.seconds(16) / 2)) == pytest.approx(90)  # linear in time, not in beats
    assert ramp.bpm_at(8) == pytest.approx(math.sqrt((60**2 + 120**2) / 2))
    assert ramp.bpm_at(1000) == 120


def test_a_ramp_on_the_last_point_or_to_the_same_tempo_is_none() -> None:
    for points in ([TempoPoint(0, 97.6, True)], [TempoPoint(0, 97.6, True), TempoPoint(8, 97.6)]):
        assert TempoMap(points).is_constant
        assert TempoMap(points).frames(32, 48_000) == 944_262


@given(tempo_maps(), st.floats(-100, 0))
def test_before_the_start_the_first_tempo_goes_on(tempo_map: TempoMap, beat: float) -> None:
    if not tempo_map.points[0].ramp:
        assert tempo_map.seconds(beat) == pytest.approx(beat * 60 / tempo_map.points[0].bpm)


@given(tempo_maps())
def test_the_wire_form_is_read_back(tempo_map: TempoMap) -> None:
    again = TempoMap.parse(tempo_map.to_json())
    assert again == tempo_map
    assert hash(again) == hash(tempo_map)
    assert again.points == tempo_map.points


def test_maps_are_compared_by_value() -> None:
    assert TempoMap.constant(120) == TempoMap.parse([{"beat": 0, "bpm": 120}])
    assert TempoMap.constant(120) != TempoMap.constant(121)
    assert TempoMap.constant(120) != [{"beat": 0, "bpm": 120}]
    assert "120" in repr(TempoMap.constant(120))


@pytest.mark.parametrize(
    "wire",
    [
        None,
        "",
        "[]",
        b"[]",
        {},
        {"beat": 0, "bpm": 120},
        7,
        [],
        [7],
        [None],
        [[]],
        [{}],
        [{"beat": 0}],
        [{"bpm": 120}],
        [{"beat": 0, "bpm": 120, "curve": 1}],
        [{"beat": "0", "bpm": 120}],
        [{"beat": True, "bpm": 120}],
        [{"beat": None, "bpm": 120}],
        [{"beat": 0, "bpm": "120"}],
        [{"beat": 0, "bpm": True}],
        [{"beat": 0, "bpm": 120, "ramp": 1}],
        [{"beat": 0, "bpm": 120, "ramp": None}],
        [{"beat": 0.001, "bpm": 120}],
        [{"beat": -1, "bpm": 120}],
        [{"beat": math.nan, "bpm": 120}],
        [{"beat": math.inf, "bpm": 120}],
        [{"beat": HUGE, "bpm": 120}],
        [{"beat": -HUGE, "bpm": 120}],
        [{"beat": 0, "bpm": math.nan}],
        [{"beat": 0, "bpm": math.inf}],
        [{"beat": 0, "bpm": HUGE}],
        [{"beat": 0, "bpm": 19.999}],
        [{"beat": 0, "bpm": 400.001}],
        [{"beat": 0, "bpm": 0}],
        [{"beat": 0, "bpm": -120}],
        [{"beat": 0, "bpm": 120}, {"beat": 0, "bpm": 121}],
        [{"beat": 0, "bpm": 120}, {"beat": 4, "bpm": 121}, {"beat": 3, "bpm": 122}],
        [{"beat": 0, "bpm": 120}, {"beat": math.nan, "bpm": 121}],
        [{"beat": 0, "bpm": 120}, {"beat": 1e308, "bpm": 121}],
        [{"beat": 0, "bpm": 120}, {"beat": MAX_BEAT + 1, "bpm": 121}],
        [{"beat": 0, "bpm": 120}] * (MAX_POINTS + 1),
    ],
    ids=shown,
)
def test_what_is_no_map_is_refused_in_a_sentence(wire: object) -> None:
    with pytest.raises(InvalidValue) as caught:
        TempoMap.parse(wire)
    assert "tempo_map" in str(caught.value)
    assert len(str(caught.value)) < 400


def test_bounds_are_inside() -> None:
    wire = [{"beat": 0, "bpm": 20}, {"beat": MAX_BEAT, "bpm": 400}]
    tempo_map = TempoMap.parse(wire)
    assert tempo_map.frames(MAX_BEAT + 1, 48_000) == 3 * 10**6 * 48_000 + 7_200
    assert len(TempoMap.parse([{"beat": n, "bpm": 120} for n in range(MAX_POINTS)]).points) == MAX_POINTS


@pytest.mark.parametrize("points", [[], [TempoPoint(1, 120)], [TempoPoint(0, 120), TempoPoint(1e308, 120)]])
def test_a_map_made_in_code_is_held_to_the_same_rules(points: list[TempoPoint]) -> None:
    with pytest.raises(InvalidValue):
        TempoMap(points)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["beat", "bpm", "ramp", "x"]), inner),
    max_leaves=8,
)
points = st.fixed_dictionaries(
    {"beat": anything | st.floats(0, 9), "bpm": anything | bpms}, optional={"ramp": anything}
)


@settings(max_examples=300)
@given(anything | st.lists(points | anything, max_size=4))
def test_whatever_is_read_it_is_a_map_or_a_sentence(wire: object) -> None:
    try:
        tempo_map = TempoMap.parse(wire)
    except InvalidValue as error:
        sentence = str(error)
    else:
        sentence = "."
        last = tempo_map.points[-1].beat
        assert 0 <= tempo_map.seconds(last) <= last * 3
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, 0, -97.6, 19.99, 400.01, pytest.param(HUGE, id="huge"), "120", None, True, [120]],
)
def test_what_is_no_tempo_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue, match="20–400 beats per minute"):
        check_bpm(value)


@given(bpms | st.integers(20, 400))
def test_a_tempo_is_never_rounded(value: float) -> None:
    assert check_bpm(value) == value
    assert isinstance(check_bpm(value), float)
