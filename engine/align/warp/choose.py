"""Chooses the warp method for a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from engine.align.warpmap import WarpMap

WarpMethod = Literal["copy", "varispeed", "vocoder"]

VARISPEED_CENTS = 5.0
"""The largest pitch change that resampling may cause: just inaudible to trained listeners."""

_STILL_S = 2.5e-6
"""An eighth of a frame at 48 kHz: a map that deviates from a shift by no more than this counts as one."""


def choose_method(warp_map: WarpMap, length_s: float, pitch_shifted: bool = False) -> WarpMethod:
    """Return the gentlest method that follows `warp_map` over the first `length_s` of the target.

    "copy" for a mere shift, "varispeed" if the pitch changes by no more than `VARISPEED_CENTS`, else "vocoder".
    """
    if pitch_shifted:
        return "vocoder"
    targets = _knots_inside(warp_map, length_s)
    sources = warp_map.to_source(targets)
    if np.ptp(sources - targets) <= _STILL_S:
        return "copy"
    cents = 1200.0 * np.abs(np.log2(np.diff(sources) / np.diff(targets)))
    return "varispeed" if cents.max() <= VARISPEED_CENTS else "vocoder"


def _knots_inside(warp_map: WarpMap, length_s: float) -> NDArray[np.float64]:
    """Return the target times of both ends and of every bend in between."""
    knots = warp_map.target_s
    return np.concatenate([[0.0], knots[(knots > 0.0) & (knots < length_s)], [max(length_s, 1e-6)]])
