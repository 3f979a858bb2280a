"""Tempo and position from clocks with jitter, steps and drop-outs, against the truth they were made from."""

from __future__ import annotations

import random
from math import ceil
from statistics import quantiles

import pytest

from bridge.doors.midi.clock import PPQN, ClockFollower, ClockState
from tests.helpers.midi_events import ticks


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
