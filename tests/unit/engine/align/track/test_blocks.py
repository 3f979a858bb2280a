from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.align.track.blocks import blocks_of, mono, pieces
from engine.errors import InvalidValue


@settings(max_examples=50, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 700), max_size=12),
    lead=st.integers(0, 50),
    core=st.integers(20, 300),
    margin=st.integers(0, 60),
)
def test_pieces_cover_every_frame_once_with_its_context(sizes: list[int], lead: int, core: int, margin: int) -> None:
    signal = np.arange(1, sum(sizes) + 1, dtype=np.float32)
    edges = np.cumsum([0, *sizes])
    found = list(pieces((signal[a:b, None] for a, b in pairwise(edges)), lead, core, margin))
    padded = np.concatenate([np.zeros(margin + lead), signal, np.zeros(core + 2 * margin)])
    assert sum(piece.core for piece in found) == lead + len(signal)
    for piece in found:
        first = piece.start + lead
        assert len(piece.samples) == piece.core + 2 * margin
        np.testing.assert_array_equal(piece.samples, padded[first : first + len(piece.samples)])


def test_drums_come_forward_among_stems() -> None:
    stems = {"drums": np.full((10, 2), 0.1, np.float32), "pad": np.full((10, 2), 0.1, np.float32)}
    assert mono(next(blocks_of(stems, 48_000))) == pytest.approx(0.4)
    assert mono(next(blocks_of(stems["pad"], 48_000))) == pytest.approx(0.1)


def test_opposite_channels_do_not_cancel() -> None:
    tone = np.sin(np.arange(100)).astype(np.float32)
    assert np.abs(mono(np.stack([tone, -tone], axis=1))).max() > 0.05


@pytest.mark.parametrize(
    "audio",
    [
        np.full((100, 2), np.nan, np.float32),
        np.full((100, 1), np.inf, np.float32),
        np.zeros((2, 2, 2), np.float32),
        np.zeros((5, 0), np.float32),
    ],
)
def test_unusable_samples_are_named(audio: np.ndarray) -> None:
    with pytest.raises(InvalidValue, match="audio must be"):
        mono(audio)


def test_stems_of_different_lengths_are_refused() -> None:
    stems = {"a": np.zeros((10, 2), np.float32), "b": np.zeros((11, 2), np.float32)}
    with pytest.raises(InvalidValue, match="same length"):
        list(blocks_of(stems, 48_000))
    with pytest.raises(InvalidValue, match="one or more"):
        list(blocks_of({}, 48_000))
