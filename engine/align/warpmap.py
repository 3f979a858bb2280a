"""The warp map: for each moment of a take, its time on the project's time line; one map for all stems of a take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import InvalidValue

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class WarpMap:
    """Matching times in the source audio and in the target, joined by straight lines.

    Before the first and after the last pair the map continues with the slope of its outermost segment.

    Attributes:
        source_s: times in the source in seconds, strictly rising [shape=(pairs,)], two or more.
        target_s: the same moments in the target, strictly rising; 0 is the target's first frame.
    """

    source_s: Times
    target_s: Times

    def __post_init__(self) -> None:
        for name, times in (("source_s", self.source_s), ("target_s", self.target_s)):
            if times.ndim != 1 or len(times) < 2 or not np.isfinite(times).all() or (np.diff(times) <= 0.0).any():
                raise InvalidValue(name, str(times), "two or more finite times in seconds, strictly rising")
        if len(self.source_s) != len(self.target_s):
            raise InvalidValue(
                "source_s", str(len(self.source_s)), f"as many times as target_s ({len(self.target_s)})"
            )

    @classmethod
    def constant(cls, stretch: float = 1.0, source_start_s: float = 0.0) -> WarpMap:
        """Return the map that stretches everything by `stretch` and moves the source time `source_start_s` to 0."""
        return cls(np.array([source_start_s, source_start_s + 1.0]), np.array([0.0, stretch]))

    def to_target(self, source_s: Times) -> Times:
        """Return the target times of the source times `source_s`, in seconds [shape as given]."""
        return _interpolate(np.asarray(source_s, dtype=np.float64), self.source_s, self.target_s)

    def to_source(self, target_s: Times) -> Times:
        """Return the source times that sound at `target_s`, in seconds [shape as given]."""
        return _interpolate(np.asarray(target_s, dtype=np.float64), self.target_s, self.source_s)

    def shifted(self, by_s: float) -> WarpMap:
        """Return the map with the whole target moved later by `by_s`."""
        return WarpMap(self.source_s, self.target_s + by_s)


def _interpolate(values: Times, knots: Times, images: Times) -> Times:
    """Interpolate linearly through (knots, images), and extrapolate along the outermost segments."""
    piece = np.clip(np.searchsorted(knots, values, side="right") - 1, 0, len(knots) - 2)
    slope = (images[piece + 1] - images[piece]) / (knots[piece + 1] - knots[piece])
    result: Times = images[piece] + (values - knots[piece]) * slope
    return result
