"""The rate limit of API keys."""

from __future__ import annotations

import pytest

from bridge.doors.http.keys.rate_limit import RateLimit


def test_a_minutes_worth_may_come_at_once_and_then_one_by_one() -> None:
    now = 0.0
    limit = RateLimit(lambda: now)
    assert [limit.take("a", 3) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert limit.take("a", 3) == pytest.approx(20.0)
    assert limit.take("b", 3) == 0.0
    now = 20.0
    assert limit.take("a", 3) == 0.0
    assert limit.take("a", 3) == pytest.approx(20.0)


def test_waiting_as_long_as_asked_for_is_always_enough() -> None:
    now = 0.0
    limit = RateLimit(lambda: now)
    for _ in range(100):
        now += limit.take("a", 7) + 1e-9
    assert limit.take("a", 7) >= 0.0
    assert now <= 60.0 / 7 * 95
