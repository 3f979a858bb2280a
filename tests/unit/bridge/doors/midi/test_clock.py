"""Tempo and position from clocks with jitter, steps and drop-outs, against the truth they were made from."""

from __future__ import annotations

import random
from itertools import accumulate
from math import ceil
from statistics import quantiles

import pytest

from bridge.doors.midi.clock import PPQN, ClockFollower, ClockState
from bridge.doors.midi.clocks import Clocks
from bridge.doors.midi.messages import MidiEvent, MidiKind
from bridge.doors.midi.quantise import next_boundary
from engine.music import Meter


def ticks(*parts: tuple[float, float], jitter_s: float = 0.0, even_s: float = 0.0, seed: int = 0) -> list[float]:
    """Return tick times of a clock that plays each (bpm, seconds) of `parts`.

    `jitter_s` is the standard deviation of Gaussian jitter, `even_s` the most that even jitter is early or late.
    """
    noise = random.Random(seed)
    steps = [60 / (PPQN * bpm) for bpm, length_s in parts for _ in range(round(length_s * PPQN * bpm / 60))]
    return sorted(time + noise.gauss(0, jitter_s) + noise.uniform(-even_s, even_s) for time in accumulate(steps))


def in_periods(times: list[float], period_s: float, seed: int) -> list[float]:
    """Return the times of a program that sends what is due once a sound card's period, all of it at once."""
    noise = random.Random(seed)
    first = noise.uniform(0, period_s)
    periods = (first + period_s * ceil((time - first) / period_s) for time in times)
    return [time + noise.uniform(0, 2e-4) for time in periods]


def followed(times: list[float]) -> ClockFollower:
    follower = ClockFollower()
    follower.start()
    for time in times:
        follower.tick(time)
    return follower


def error_bpm(times: list[float], bpm: float) -> float:
    tempo = followed(times).tempo_bpm
    assert tempo is not None
    return abs(tempo - bpm)


@pytest.mark.parametrize("bpm", [20.0, 60.0, 97.6, 174.0, 400.0])
def test_a_steady_clock_is_exact(bpm: float) -> None:
    assert error_bpm(ticks((bpm, 4)), bpm) < 1e-6


@pytest.mark.parametrize(
    ("jitter", "limit_bpm"),
    [
        ({"even_s": 0.001}, 0.03),  # 2 ms from the earliest to the latest
        ({"even_s": 0.002}, 0.055),  # up to 2 ms early or late; 0.048 in the long run
        # σ = 2 ms: over 96 ticks no unbiased estimate can do better than 0.083 BPM in 95 of 100 cases.
        ({"jitter_s": 0.002}, 0.1),
    ],
)
def test_two_seconds_average_two_milliseconds_away(jitter: dict[str, float], limit_bpm: float) -> None:
    errors = [error_bpm(ticks((120, 2), seed=seed, **jitter), 120) for seed in range(100)]
    assert quantiles(errors, n=20)[-1] < limit_bpm


def test_a_whole_tempo_is_meant_as_long_as_the_ticks_cannot_tell() -> None:
    def told(bpm: float, seconds: float, seed: int) -> float:
        clocks = Clocks()
        clocks.take(MidiEvent(MidiKind.START), "a", 0)
        for time in ticks((bpm, seconds), jitter_s=0.002, seed=seed):
            clocks.take(MidiEvent(MidiKind.CLOCK), "a", time)
        tempo = clocks.tempo_bpm(seconds)
        assert tempo is not None
        return tempo

    assert sum(told(120, 2, seed) == 120 for seed in range(40)) >= 36
    assert all(told(119.96, 8, seed) != 120 for seed in range(10))
    assert all(abs(told(97.6, 4, seed) - 97.6) < 0.06 for seed in range(10))


def test_single_late_ticks_say_nothing_of_the_tempo() -> None:
    times = ticks((120, 4), jitter_s=0.0005)
    late = sorted(time + (0.03 if number % 40 == 39 else 0) for number, time in enumerate(times))
    assert error_bpm(late, 120) < 0.03


@pytest.mark.parametrize("frames", [512, 1024])
@pytest.mark.parametrize("bpm", [97.6, 120, 124])
def test_ticks_that_come_once_a_period_give_the_tempo_for_good(bpm: float, frames: int) -> None:
    """Between two of its jumps such a clock looks as steady as can be, at a tempo of its own."""
    follower = ClockFollower()
    errors = []
    for time in in_periods(ticks((bpm, 14)), frames / 48_000, seed=1):
        follower.tick(time)
        if time > 6 and follower.tempo_bpm is not None:
            errors.append(abs(follower.tempo_bpm - bpm))
    assert len(errors) > 300
    assert max(errors) < 0.1


@pytest.mark.parametrize(("before", "after"), [(120, 140), (120, 100), (90, 110)])
def test_a_step_of_twenty_is_followed_within_a_second(before: float, after: float) -> None:
    errors = [error_bpm(ticks((before, 6), (after, 1), jitter_s=0.002, seed=seed), after) for seed in range(20)]
    assert max(errors) < 1.0


def test_a_drop_out_holds_the_tempo_and_says_so_and_the_clock_is_found_again() -> None:
    follower = followed(ticks((120, 4)))
    assert follower.state(4.1) is ClockState.FOLLOWING
    assert follower.state(6.0) is ClockState.HOLDING
    assert follower.tempo_bpm == pytest.approx(120)
    for time in ticks((90, 3)):
        follower.tick(10 + time)
    assert follower.tempo_bpm == pytest.approx(90)


def test_position_follows_start_stop_song_position_and_continue() -> None:
    follower = ClockFollower()
    clock = iter(ticks((120, 20)))
    assert follower.beat(0) is None
    follower.start()
    for _ in range(PPQN * 2 + 1):
        last = next(clock)
        follower.tick(last)
    assert follower.beat(last) == pytest.approx(2)
    assert follower.beat(last + 0.25) == pytest.approx(2.5)
    follower.stop()
    follower.tick(next(clock))
    assert follower.beat(last + 1) == pytest.approx(2)
    follower.locate(32)
    follower.resume()
    assert follower.beat(last + 1) == 8
    for _ in range(PPQN + 1):
        last = next(clock)
        follower.tick(last)
    assert follower.beat(last) == pytest.approx(9)


def test_the_clock_that_started_last_counts_until_it_is_gone() -> None:
    clocks = Clocks()
    for port, bpm, begin in (("a", 120, 0), ("b", 90, 0.001)):
        clocks.take(MidiEvent(MidiKind.START), port, begin)
        for time in ticks((bpm, 4)):
            clocks.take(MidiEvent(MidiKind.CLOCK), port, begin + time)
    assert clocks.tempo_bpm(4) == 90
    for time in ticks((100, 4)):
        clocks.take(MidiEvent(MidiKind.CLOCK), "a", 6 + time)
    assert clocks.tempo_bpm(10) == 100
    assert clocks.tempo_bpm(100) is None


def test_notes_are_no_clock() -> None:
    clocks = Clocks()
    clocks.take(MidiEvent(MidiKind.NOTE, 1, 60, 100), "a", 0)
    assert clocks.state(0) is ClockState.SILENT


@pytest.mark.parametrize(
    ("beat", "quantise", "meter", "boundary"),
    [
        (4.1, "bar", "4/4", 8),
        (4.0, "bar", "4/4", 4),
        (4.05, "bar", "4/4", 4),  # just after the beat: it is the one that was meant
        (4.1, "beat", "4/4", 5),
        (4.1, "beat", "6/8", 4.5),
        (4.1, "bar", "7/8", 7),
        (4.1, "4 bars", "4/4", 16),
        (4.1, "none", "4/4", 4.1),
        (0, "bar", "4/4", 0),
    ],
)
def test_a_trigger_counts_from_the_next_boundary(beat: float, quantise: str, meter: str, boundary: float) -> None:
    assert next_boundary(beat, quantise, Meter.parse(meter)) == boundary
