from __future__ import annotations

import pytest

from engine.ace_step.tiles import OVERLAP, tiles

torch = pytest.importorskip("torch")


@pytest.mark.parametrize(("frames", "longest"), [(250, 512), (513, 512), (1000, 128), (97, 48), (49, 48), (1, 48)])
def test_tiles_cover_everything_once_and_are_no_longer_than_allowed(frames: int, longest: int) -> None:
    cut = list(tiles(frames, longest))
    assert [tile.start for tile in cut] == [0, *(tile.end for tile in cut[:-1])]
    assert cut[-1].end == frames
    assert all(tile.right - tile.left <= longest for tile in cut)
    for tile in cut:
        assert tile.left == 0 or tile.start - tile.left >= OVERLAP
        assert tile.right == frames or tile.right - tile.end >= OVERLAP
