"""Streamed alignment gives the same result as in memory, reports its progress and removes its file."""

from __future__ import annotations

from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.align.conform import TargetGrid, conform
from engine.align.stream import _JoinedSource, conform_stream
from engine.align.warp import ArraySource
from engine.errors import Cancelled, InvalidValue
from engine.loudness import LoudnessMeter, lufs
from engine.music import Meter, TempoMap
from engine.rawfile import RawFile
from engine.stems import StemSource
from tests.helpers.plain_drums import drums_at

RATE = 8_000
GRID = TargetGrid(TempoMap.constant(97.6), Meter(4, 4), Fraction(32))


def two_stems(beats: int = 40) -> dict[str, np.ndarray]:
    drums = drums_at(99.1, 0.3, beats, RATE)
    return {"drums": drums, "bass": (0.4 * np.roll(drums, 100, axis=0)).astype(np.float32)}


def side_by_side(stems: dict[str, np.ndarray]) -> StemSource:
    return StemSource(tuple(stems), ArraySource(np.concatenate(list(stems.values()), axis=1)), RATE)


@pytest.mark.parametrize(("ending", "keep_tail"), [("loop", False), ("one_shot", False), ("one_shot", True)])
@pytest.mark.parametrize("bars", [1, 8])
def test_the_result_is_that_of_memory(
    tmp_path: Path, ending: Literal["loop", "one_shot"], keep_tail: bool, bars: int
) -> None:
    stems = two_stems()
    grid = TargetGrid(GRID.tempo_map, GRID.meter, Fraction(4 * bars))
    expected = conform(stems, RATE, grid, 97.6, ending=ending, keep_tail=keep_tail)
    scratch = tmp_path / "scratch"
    with contextmanager(conform_stream)(
        side_by_side(stems), grid, 97.6, scratch, ending=ending, keep_tail=keep_tail
    ) as made:
        assert made.stems.frames == len(expected.mix)
        for name, view in made.stems.views().items():
            assert np.array_equal(view[:], expected.stems[name])
        assert np.allclose(made.stems.mix()[1_000:2_000], expected.mix[1_000:2_000], atol=1e-6)
        assert made.report.error.error_ms_median == pytest.approx(expected.report.error.error_ms_median, abs=0.05)
        assert (made.report.method, made.report.model) == (expected.report.method, expected.report.model)
        assert scratch.exists()
    assert not scratch.exists()


def test_progress_grows_and_a_cancel_leaves_no_file(tmp_path: Path) -> None:
    fractions: list[float] = []

    def report(fraction: float) -> None:
        fractions.append(fraction)
        if fraction > 0.5:
            raise Cancelled

    manager = contextmanager(conform_stream)(side_by_side(two_stems()), GRID, 97.6, tmp_path / "s", report=report)
    with pytest.raises(Cancelled), manager:
        pass
    assert fractions == sorted(fractions)
    assert list(tmp_path.iterdir()) == []


def test_a_length_of_nothing_is_refused(tmp_path: Path) -> None:
    grid = TargetGrid(GRID.tempo_map, GRID.meter, Fraction(0))
    with (
        pytest.raises(InvalidValue),
        contextmanager(conform_stream)(side_by_side(two_stems(4)), grid, 97.6, tmp_path / "s"),
    ):
        pass


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


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 20_000), min_size=1, max_size=8), st.sampled_from([8_000, 11_025, 44_100]))
def test_loudness_does_not_hang_on_the_blocks(blocks: list[int], rate: int) -> None:
    audio = np.random.default_rng(1).uniform(-0.5, 0.5, (sum(blocks), 2)).astype(np.float32)
    meter = LoudnessMeter(rate)
    for part in np.split(audio, np.cumsum(blocks)[:-1]):
        meter.add(part)
    whole = lufs(audio, rate)
    assert meter.lufs() == (None if whole is None else pytest.approx(whole, abs=1e-6))


@settings(max_examples=50, deadline=None)
@given(
    head=st.integers(0, 30), middle=st.integers(0, 40), end=st.integers(0, 30), lead=st.integers(0, 5),
    start=st.integers(-20, 120), length=st.integers(0, 140),
)  # fmt: skip
def test_ends_in_memory_and_a_middle_in_a_file_read_as_one(
    head: int, middle: int, end: int, lead: int, start: int, length: int
) -> None:
    whole = np.arange(1, head + middle + end + 1, dtype=np.float32)[:, None]
    stored = np.concatenate([np.zeros((lead, 1), np.float32), whole])
    stored[lead : lead + head] = stored[lead + head + middle :] = -1.0  # not the ends that the cut made
    source = _JoinedSource(whole[:head], ArraySource(stored), lead, middle, whole[head + middle :])
    assert (source.frames, source.channels) == (len(whole), 1)
    np.testing.assert_array_equal(source.read(start, start + length), ArraySource(whole).read(start, start + length))
