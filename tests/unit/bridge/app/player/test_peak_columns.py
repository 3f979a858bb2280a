"""Columns of peaks, as they are drawn."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bridge.app.player import BUCKET_FRAMES
from bridge.app.player.peaks import Peaks
from bridge.desktop.takes.zoom import Zoom


@given(
    count=st.integers(1, 400),
    first=st.floats(0, 40_000),
    length=st.floats(1, 60_000),
    seed=st.integers(0, 99),
)
def test_columns_hold_every_extreme_of_their_stretch(count: int, first: float, length: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    low, high = rng.integers(-127, 0, 700, dtype=np.int8), rng.integers(0, 127, 700, dtype=np.int8)
    drawn_low, drawn_high = Peaks(low, high).columns(first, first + length, count)
    assert (len(drawn_low), len(drawn_high)) == (count, count)
    begin, stop = int(first / BUCKET_FRAMES) + 1, int((first + length) / BUCKET_FRAMES) - 1
    width = length / count / BUCKET_FRAMES
    inner = slice(begin + int(width) + 1, max(0, stop - int(width) - 1))
    if len(low[inner]):
        assert drawn_low.min() <= low[inner].min()
        assert drawn_high.max() >= high[inner].max()


def test_columns_do_not_flicker_while_they_scroll() -> None:
    rng = np.random.default_rng(3)
    peaks = Peaks(rng.integers(-127, 0, 9_000, dtype=np.int8), rng.integers(0, 127, 9_000, dtype=np.int8))
    view = Zoom.fit(576_000, 500.0).zoomed(3.7, 100.0)
    before = peaks.columns(view.start, view.end, 500)[1]
    view = view.scrolled(11.0)
    after = peaks.columns(view.start, view.end, 500)[1]
    assert np.array_equal(before[11:], after[:-11])
