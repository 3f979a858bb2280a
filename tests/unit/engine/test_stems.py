"""Stems side by side in one source, and their views."""

import numpy as np
import pytest

from engine.align.warp.source import ArraySource
from engine.stems import BLOCK_S, StemSource

RATE = 10
AUDIO = np.arange(4 * 120, dtype=np.float32).reshape(120, 4)


@pytest.fixture
def stems() -> StemSource:
    """Two stereo stems of 12 seconds."""
    return StemSource(("drums", "bass"), ArraySource(AUDIO), RATE)


def test_channels_are_those_of_one_stem(stems: StemSource) -> None:
    assert (stems.frames, stems.channels) == (120, 2)
    assert StemSource(("mix",), ArraySource(AUDIO), RATE).channels == 4


def test_blocks_follow_one_another_and_the_last_is_short(stems: StemSource) -> None:
    blocks = list(stems.blocks())
    assert [block.shape for block in blocks] == [(50, 2, 2), (50, 2, 2), (20, 2, 2)]
    assert np.array_equal(np.concatenate(blocks).reshape(120, 4), AUDIO)
    assert BLOCK_S * RATE == 50


def test_blocks_may_end_early_or_in_silence(stems: StemSource) -> None:
    assert [len(block) for block in stems.blocks(51)] == [50, 1]
    assert list(stems.blocks(0)) == []
    longer = np.concatenate(list(stems.blocks(130)))
    assert not longer[120:].any()
    assert np.array_equal(longer[:120].reshape(120, 4), AUDIO)


def test_a_view_is_sliced_like_the_stems_array(stems: StemSource) -> None:
    views = stems.views()
    assert list(views) == ["drums", "bass"]
    for number, view in enumerate(views.values()):
        whole = AUDIO.reshape(120, 2, 2)[:, number]
        assert len(view) == 120
        for part in (slice(None), slice(3, 9), slice(-5, None), slice(100, 900), slice(9, 3), slice(0, 0)):
            assert np.array_equal(view[part], whole[part]), part


def test_the_mix_is_the_sum_in_float32(stems: StemSource) -> None:
    mix = stems.mix()
    assert len(mix) == 120
    assert np.array_equal(mix[10:20], AUDIO[10:20, :2] + AUDIO[10:20, 2:])
    assert mix[10:20].dtype == np.float32


def test_a_view_reads_only_when_it_is_sliced() -> None:
    class Counted(ArraySource):
        reads: list[tuple[int, int]] = []  # noqa: RUF012

        def read(self, start: int, stop: int) -> np.ndarray:
            self.reads.append((start, stop))
            return super().read(start, stop)

    stems = StemSource(("drums", "bass"), Counted(AUDIO), RATE)
    view, mix = stems.views()["bass"], stems.mix()
    assert len(view) == len(mix) == 120
    assert Counted.reads == []
    view[5:8]
    assert Counted.reads == [(5, 8)]
