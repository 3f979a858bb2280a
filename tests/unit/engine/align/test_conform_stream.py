"""Aligning a stretch at a time gives what aligning in memory gives, and its parts hold what they promise."""

from __future__ import annotations

from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.align.conform import Grid, conform
from engine.align.stream import conform_stream
from engine.align.warp import ArraySource
from engine.errors import Cancelled, InvalidValue
from engine.loudness import LoudnessMeter, lufs
from engine.music import Meter, TempoMap
from engine.rawfile import RawFile
from engine.stems import StemSource
from tests.helpers.plain_drums import drums_at

RATE = 8_000
GRID = Grid(TempoMap.constant(97.6), Meter(4, 4), Fraction(32))


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
    grid = Grid(GRID.tempo_map, GRID.meter, Fraction(4 * bars))
    wanted = conform(stems, RATE, grid, 97.6, ending=ending, keep_tail=keep_tail)
    scratch = tmp_path / "scratch"
    with contextmanager(conform_stream)(
        side_by_side(stems), grid, 97.6, scratch, ending=ending, keep_tail=keep_tail
    ) as made:
        assert made.stems.frames == len(wanted.mix)
        for name, view in made.stems.views().items():
            assert np.array_equal(view[:], wanted.stems[name])
        assert np.allclose(made.stems.mix()[1_000:2_000], wanted.mix[1_000:2_000], atol=1e-6)
        assert made.report.error.error_ms_median == pytest.approx(wanted.report.error.error_ms_median, abs=0.05)
        assert (made.report.method, made.report.model) == (wanted.report.method, wanted.report.model)
        assert scratch.exists()
    assert not scratch.exists()


def test_progress_grows_and_a_cancel_leaves_no_file(tmp_path: Path) -> None:
    told: list[float] = []

    def report(fraction: float) -> None:
        told.append(fraction)
        if fraction > 0.5:
            raise Cancelled

    manager = contextmanager(conform_stream)(side_by_side(two_stems()), GRID, 97.6, tmp_path / "s", report=report)
    with pytest.raises(Cancelled), manager:
        pass
    assert told == sorted(told)
    assert list(tmp_path.iterdir()) == []


def test_a_length_of_nothing_is_refused(tmp_path: Path) -> None:
    grid = Grid(GRID.tempo_map, GRID.meter, Fraction(0))
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
