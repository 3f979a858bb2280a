"""Fits straight lines through the times of clock ticks; their slope is the tempo."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

OUTLIER_SIGMAS = 4.0
"""A tick this far from the line was delayed on its way, and is left out."""
MAD_TO_SIGMA = 1.4826
"""For normally distributed values; for uniformly distributed ones it is 1.28 times too large, which is safe."""
MIN_SIDE = 3
"""The least ticks for either of two lines."""


@dataclass(frozen=True, slots=True)
class TempoFit:
    """A line through ticks: tick number n is expected at `start_s + n * interval_s`.

    Attributes:
        jitter_s: standard deviation of the ticks about it.
        slope_error_s: standard error of `interval_s`, for jitter that is independent from tick to tick.
    """

    start_s: float
    interval_s: float
    jitter_s: float
    slope_error_s: float

    def at(self, number: float) -> float:
        """Return when tick `number` is expected."""
        return self.start_s + number * self.interval_s


def fit(times: Sequence[float]) -> TempoFit:
    """Return the least-squares line through (n, times[n]), single late ticks left out.

    For jitter that is independent and normal there is no better estimate: its error is
    σ·√(12 / (N³ − N)) seconds an interval (Gauss and Markov; N ticks with jitter σ).
    """
    points = list(enumerate(times))
    line = _least_squares(points)
    off = [abs(time - line.at(number)) for number, time in points]
    limit = OUTLIER_SIGMAS * MAD_TO_SIGMA * median(off)
    kept = [point for point, far in zip(points, off, strict=True) if far <= limit]
    # More than a few are not outliers but another tempo, which `change_point` is for.
    if limit > 0.0 and len(points) > len(kept) >= 0.9 * len(points):
        return _least_squares(kept)
    return line


def _least_squares(points: Sequence[tuple[int, float]]) -> TempoFit:
    count = len(points)
    middle = math.fsum(number for number, _ in points) / count
    mean = math.fsum(time for _, time in points) / count
    spread = math.fsum((number - middle) ** 2 for number, _ in points)
    interval = math.fsum((number - middle) * (time - mean) for number, time in points) / spread
    start = mean - middle * interval
    squares = math.fsum((time - start - number * interval) ** 2 for number, time in points)
    jitter = math.sqrt(squares / max(1, count - 2))
    return TempoFit(start, interval, jitter, jitter / math.sqrt(spread))


def change_point(times: Sequence[float], min_tail: int) -> int:
    """Return the index that splits `times` into two straight lines with the least squared errors in all.

    The second one has at least `min_tail` ticks.
    """
    points = [(float(number), time - times[0]) for number, time in enumerate(times)]
    head, tail = _Sums(), _Sums()
    for x, y in points:
        tail.add(x, y, 1)
    best, split = math.inf, len(times) - min_tail
    for number, (x, y) in enumerate(points[:-min_tail], start=1):
        head.add(x, y, 1)
        tail.add(x, y, -1)
        errors = head.squared_error() + tail.squared_error()
        if number >= MIN_SIDE and errors < best:
            best, split = errors, number
    return split


class _Sums:
    """Running sums for the squared error of a straight line through points."""

    def __init__(self) -> None:
        self.n = self.x = self.y = self.xx = self.xy = self.yy = 0.0

    def add(self, x: float, y: float, weight: int) -> None:
        self.n += weight
        self.x += weight * x
        self.y += weight * y
        self.xx += weight * x * x
        self.xy += weight * x * y
        self.yy += weight * y * y

    def squared_error(self) -> float:
        sxx = self.xx - self.x * self.x / self.n
        sxy = self.xy - self.x * self.y / self.n
        syy = self.yy - self.y * self.y / self.n
        return max(0.0, syy - sxy * sxy / sxx) if sxx > 0.0 else 0.0
