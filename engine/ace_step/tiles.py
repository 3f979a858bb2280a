"""Cuts a long signal into overlapping tiles, which are processed one after another and join without a seam."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

OVERLAP = 12
"""The overlap on each side of a tile in latent frames. The decoder's receptive field is 8.28 frames to each side, so
with 9 or more its tiles join exactly; diffusers' own 64 costs a third more work."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile in latent frames: the output `start`–`end`, computed from the input `left`–`right`."""

    start: int
    end: int
    left: int
    right: int


def tiles(frames: int, longest: int) -> Iterator[Tile]:
    """Yield tiles that cover `frames` latent frames, each with an input of at most `longest`, over `2 * OVERLAP`."""
    if frames <= longest:
        yield Tile(0, frames, 0, frames)
        return
    step = max(1, longest - 2 * OVERLAP)
    for start in range(0, frames, step):
        end = min(start + step, frames)
        yield Tile(start, end, max(0, start - OVERLAP), min(frames, end + OVERLAP))
