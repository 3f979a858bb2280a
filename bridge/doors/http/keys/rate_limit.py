"""Limits the rate at which a key may start work: a token bucket that holds one minute's worth."""

from __future__ import annotations

import time
from collections.abc import Callable


class RateLimit:
    """Counts the requests of every key in memory; a restart resets the counts."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Count by the clock `now`, in seconds."""
        self._now = now
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key_id: str, per_minute: int) -> float:
        """Count one request; return 0 if it may pass, else the seconds to wait before the next try."""
        now = self._now()
        tokens, at = self._buckets.get(key_id, (float(per_minute), now))
        tokens = min(float(per_minute), tokens + (now - at) * per_minute / 60.0)
        if tokens < 1.0:
            self._buckets[key_id] = (tokens, now)
            return (1.0 - tokens) * 60.0 / per_minute
        self._buckets[key_id] = (tokens - 1.0, now)
        return 0.0
