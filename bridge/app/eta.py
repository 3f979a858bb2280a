"""An estimate of the time that a job still needs, from its pace so far."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

MIN_PROGRESS = 0.03
MIN_ELAPSED_S = 0.5


@dataclass(slots=True)
class Eta:
    """The time left of one job; its pace is the mean since the first call, because phases differ in speed."""

    clock: Callable[[], float] = time.monotonic
    _start_s: float | None = None
    _first: float = 0.0

    def left_s(self, progress: float) -> float | None:
        """Return the seconds left at `progress` (0–1), None while there is too little progress to tell."""
        now = self.clock()
        if self._start_s is None:
            self._start_s, self._first = now, progress
        elapsed, done = now - self._start_s, progress - self._first
        if elapsed < MIN_ELAPSED_S or done < MIN_PROGRESS:
            return None
        return elapsed * (1.0 - progress) / done


def spoken(seconds: float) -> str:
    """Return a duration in rounded words: "12 s", "3 min"; an estimate is no more exact than that."""
    if seconds < 1.0:
        return "1 s"
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
