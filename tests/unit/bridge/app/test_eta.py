"""The estimate of the time that a job still needs."""

from __future__ import annotations

import pytest

from bridge.app.eta import MIN_ELAPSED_S, MIN_PROGRESS, Eta, spoken


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_time_left_follows_from_the_pace_so_far() -> None:
    clock = Clock()
    eta = Eta(clock)
    assert eta.left_s(0.0) is None
    clock.now = 10.0
    assert eta.left_s(0.25) == pytest.approx(30.0)
    assert [spoken(s) for s in (0.2, 12.4, 170)] == ["1 s", "12 s", "3 min"]


def test_nothing_is_estimated_from_too_little_time_or_progress() -> None:
    clock = Clock()
    eta = Eta(clock)
    eta.left_s(0.0)
    clock.now = MIN_ELAPSED_S - 0.01
    assert eta.left_s(0.5) is None
    clock.now = 100.0
    assert eta.left_s(MIN_PROGRESS - 0.001) is None
    assert eta.left_s(MIN_PROGRESS) == pytest.approx(100 * 0.97 / 0.03)


def test_a_job_that_is_joined_halfway_is_measured_from_there() -> None:
    clock = Clock()
    clock.now = 50.0
    eta = Eta(clock)
    eta.left_s(0.5)
    clock.now = 60.0
    assert eta.left_s(0.75) == pytest.approx(10.0)  # a quarter in 10 s, a quarter left
    clock.now = 70.0
    assert eta.left_s(1.0) == 0.0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0, "1 s"), (0.99, "1 s"), (1.0, "1 s"), (59.6, "60 s"), (89.9, "90 s"), (90.0, "2 min"), (3600.0, "60 min")],
)
def test_durations_are_rounded_and_never_zero(seconds: float, words: str) -> None:
    assert spoken(seconds) == words
