"""The position of a take in frames, for `bext`."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest

from bridge.takes.take import BitDepth, Take
from bridge.takes.wav import BYTES_PER_SAMPLE
from engine.music import TempoMap, TempoPoint

MakeTake = Callable[..., Take]


@pytest.mark.parametrize(
    ("start_beat", "start_seconds", "frames"),
    [
        (16.0, None, 64_000),  # 16 beats of half a second at 8 kHz
        (16.0, 10.5, 84_000),  # the DAW's own seconds win
        (16.0, 0.0, 0),
        (0.0, None, 0),
        (-4.0, None, 0),
        (16.0, -0.5, 0),
        (0.00001, None, 0),  # 0.04 frames
    ],
)
def test_the_time_reference_counts_from_the_projects_start(
    make_take: MakeTake, start_beat: float, start_seconds: float | None, frames: int
) -> None:
    take = make_take(start_beat=start_beat, start_seconds=start_seconds)
    assert take.time_reference_frames == frames


def test_without_seconds_the_takes_first_tempo_counts(make_take: MakeTake) -> None:
    tempo_map = TempoMap([TempoPoint(0.0, 60.0), TempoPoint(2.0, 120.0)])
    assert make_take(tempo_map=tempo_map, start_beat=4.0).time_reference_frames == 4 * 8_000


def test_every_bit_depth_has_a_size() -> None:
    assert [BYTES_PER_SAMPLE[depth] for depth in get_args(BitDepth)] == [2, 3, 4]
