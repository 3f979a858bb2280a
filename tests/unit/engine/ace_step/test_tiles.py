from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ace_step.tiles import OVERLAP, Tile, tiles


@pytest.mark.parametrize(("frames", "longest"), [(250, 512), (513, 512), (1000, 128), (97, 48), (49, 48), (1, 48)])
def test_tiles_cover_everything_once_and_are_no_longer_than_allowed(frames: int, longest: int) -> None:
    cut = list(tiles(frames, longest))
    assert [tile.start for tile in cut] == [0, *(tile.end for tile in cut[:-1])]
    assert cut[-1].end == frames
    assert all(tile.right - tile.left <= longest for tile in cut)
    for tile in cut:
        assert tile.left == 0 or tile.start - tile.left >= OVERLAP
        assert tile.right == frames or tile.right - tile.end >= OVERLAP


@given(st.integers(1, 3000), st.integers(2 * OVERLAP + 1, 600))
def test_every_frame_is_in_one_tile_and_has_its_overlap(frames: int, longest: int) -> None:
    cut = list(tiles(frames, longest))
    assert sum(tile.end - tile.start for tile in cut) == frames
    for tile in cut:
        assert 0 <= tile.left <= tile.start < tile.end <= tile.right <= frames
        assert tile.right - tile.left <= longest
        assert tile.start - tile.left in (0, tile.start, OVERLAP)
        assert min(tile.end + OVERLAP, frames) == tile.right or len(cut) == 1


def test_a_signal_that_fits_is_one_tile() -> None:
    assert list(tiles(48, 48)) == [Tile(0, 48, 0, 48)]
    assert list(tiles(49, 48)) == [Tile(0, 24, 0, 36), Tile(24, 48, 12, 49), Tile(48, 49, 36, 49)]
