"""Stretches of a long signal that are worked on one after another, overlapping so that nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

OVERLAP = 12
"""Latent frames on each side of a tile. The decoder hears 8.28 frames to each side, so with 9 or more its tiles join
exactly; diffusers' own 64 costs a third more work."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A stretch: `start`–`end` is what it yields, `left`–`right` what it is made from."""

    start: int
    end: int
    left: int
    right: int


def tiles(frames: int, longest: int) -> Iterator[Tile]:
    """Cut `frames` latent frames into tiles that are made from at most `longest` (more than `2 * OVERLAP`) each."""
    if frames <= longest:
        yield Tile(0, frames, 0, frames)
        return
    step = max(1, longest - 2 * OVERLAP)
    for start in range(0, frames, step):
        end = min(start + step, frames)
        yield Tile(start, end, max(0, start - OVERLAP), min(frames, end + OVERLAP))
