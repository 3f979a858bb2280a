"""Makes the vocoder's map from the warp map: rigid (slope 1) around each attack, catching up in between.

All windows that contain an attack then read the source with the same offset, so that the attack is copied and not
smeared. The time that this costs is made up between attacks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.align.warpmap import WarpMap

Times = NDArray[np.float64]

_STEEPEST = 4.0  # largest factor by which the map between two attacks may become steeper or flatter


@dataclass(frozen=True, slots=True)
class LockedMap:
    """A warp map that is rigid around attacks; `starts_s` to `stops_s` are the rigid intervals in the target."""

    warp_map: WarpMap
    starts_s: Times
    stops_s: Times


def locked(warp_map: WarpMap, attacks_s: Times, reach_s: float) -> LockedMap:
    """Return `warp_map` rigid for up to `reach_s` on both sides of every attack (source times, rising).

    The attacks' own target times are exactly those of `warp_map`.
    """
    if len(attacks_s) == 0:
        return LockedMap(warp_map, np.empty(0), np.empty(0))
    targets = warp_map.to_target(attacks_s)
    reach = _reaches(attacks_s, targets, reach_s)
    left, right = reach[:-1], reach[1:]
    starts, stops = np.stack([attacks_s - left, targets - left]), np.stack([attacks_s + right, targets + right])
    knots = np.concatenate([starts, stops, _rests(warp_map, starts, stops, reach_s)], axis=1)
    knots = knots[:, np.argsort(knots[1], kind="stable")]
    keep = np.concatenate([[True], (np.diff(knots) > 1e-7).all(axis=0)])
    return LockedMap(WarpMap(*knots[:, keep]), targets - left, targets + right)


def _reaches(sources: Times, targets: Times, reach_s: float) -> Times:
    """Return the longest rigid reach in each gap (before the first attack, between attacks, after the last)."""
    gap = np.diff(targets)
    slope = np.diff(sources) / gap
    # The remainder between two rigid intervals of length r has the slope (slope·gap − 2r) / (gap − 2r).
    slack = 1.0 - 1.0 / _STEEPEST
    flat = slack * slope * gap / np.maximum(2.0 - 2.0 * slope / _STEEPEST, 1e-9)
    steep = (_STEEPEST - 1.0) * slope * gap / np.maximum(2.0 * _STEEPEST * slope - 2.0, 1e-9)
    most = np.minimum(np.where(slope < 1.0, flat, steep), 0.48 * gap)
    return np.concatenate([[reach_s], np.minimum(reach_s, most), [reach_s]])


def _rests(warp_map: WarpMap, starts: Times, stops: Times, reach_s: float) -> Times:
    """Return pairs of the map itself away from attacks: its knots, and the points where it is rejoined after one."""
    rejoin = 3.0 * reach_s
    targets = np.concatenate([warp_map.target_s, stops[1] + rejoin, starts[1] - rejoin])
    index = np.searchsorted(starts[1], targets)
    after = np.concatenate([[-np.inf], stops[1]])[index]
    before = np.concatenate([starts[1], [np.inf]])[index]
    free = (targets - after >= 0.99 * rejoin) & (before - targets >= 0.99 * rejoin)
    # Where the map is so flat that its pair would precede a rigid interval's in the source, the pair is dropped.
    sources = warp_map.to_source(targets)
    after, before = np.concatenate([[-np.inf], stops[0]])[index], np.concatenate([starts[0], [np.inf]])[index]
    free &= (sources - after > 0.1 * reach_s) & (before - sources > 0.1 * reach_s)
    return np.stack([sources[free], targets[free]])
