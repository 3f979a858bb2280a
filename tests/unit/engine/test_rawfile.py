"""Audio in a temporary file: it reads as the array it was filled with."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.align.warp import ArraySource
from engine.rawfile import RawFile


@settings(max_examples=50, deadline=None)
@given(
    blocks=st.lists(st.integers(0, 300), max_size=8),
    start=st.integers(-50, 2_500),
    length=st.integers(0, 2_500),
)
def test_a_raw_file_reads_as_the_array_it_was_filled_with(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[int], start: int, length: int
) -> None:
    audio = np.random.default_rng(0).normal(size=(sum(blocks), 3)).astype(np.float32)
    edges = np.cumsum(blocks)[:-1] if blocks else []
    with RawFile(tmp_path_factory.mktemp("raw") / "x", 3) as raw:
        raw.fill(np.split(audio, edges) if blocks else [])
        assert raw.frames == len(audio)
        assert np.array_equal(raw.read(start, start + length), ArraySource(audio).read(start, start + length))
