from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ace_step.job import read_job
from engine.ace_step.plan import TURBO, LoadPlan
from engine.ace_step.render import Rendered
from engine.ace_step.results import deliver
from engine.ace_step.splice import splice
from tests.helpers.ace_requests import request

PLAN = LoadPlan("turbo", Path("models"), "diffusers", TURBO)


def tone(hz: float, rate: int, seconds: float = 1.0) -> np.ndarray:
    wave = np.sin(2 * np.pi * hz * np.arange(round(rate * seconds)) / rate)
    return np.repeat(wave.astype(np.float32)[:, None], 2, axis=1)


@pytest.mark.parametrize("peak", [0.001, 0.5, 1.0])
def test_levels_are_kept(peak: float) -> None:
    torch = pytest.importorskip("torch")
    audio = peak * tone(100, 48_000, 10.0)
    (made,) = deliver(Rendered((torch.from_numpy(audio)[None],), ()), read_job(request(), PLAN), request(), "turbo")
    assert np.array_equal(made.mix, audio)
    assert made.notices == ()


def test_what_would_clip_is_turned_down_as_a_whole_and_it_is_told() -> None:
    torch = pytest.importorskip("torch")
    audio = torch.from_numpy(2.0 * tone(100, 48_000, 10.0))[None]
    (made,) = deliver(Rendered((audio,), ()), read_job(request(), PLAN), request(), "turbo")
    assert 0.98 < np.abs(made.mix).max() < 1.0
    assert np.allclose(made.mix / np.abs(made.mix).max(), audio[0].numpy() / 2.0, atol=1e-4)
    assert "peaked 6.0 dB above full scale and was turned down by 6.1 dB" in made.notices[-1]


def test_parts_that_clip_only_together_keep_their_balance() -> None:
    torch = pytest.importorskip("torch")
    job = replace(read_job(request(), PLAN), task="extract", tracks=("drums", "bass"))
    parts = tuple(torch.from_numpy(gain * tone(100, 48_000, 10.0))[None] for gain in (0.9, 0.45))
    (made,) = deliver(Rendered(parts, ()), job, request(), "turbo")
    drums, bass = (stem.audio for stem in made.stems)
    assert np.abs(made.mix).max() < 1.0
    assert np.allclose(drums, 2 * bass, atol=1e-6)


@given(st.integers(0, 9_000), st.integers(1, 5_000))
def test_a_splice_changes_nothing_outside_its_region_and_has_no_jump(start: int, length: int) -> None:
    end = min(start + length, 10_000)
    source = np.full((10_000, 2), 0.5, np.float32)
    made = splice(source, -source, start, end, 48_000)
    assert np.array_equal(made[:start], source[:start])
    assert np.array_equal(made[end:], source[end:])
    # Half a cosine over the fade: its steepest step, twice half of full scale high.
    fade = min(1920, (end - start) // 2)
    steepest = 1.0 if fade < 2 else np.pi / 2 / fade + 1e-3
    # At an end of the source there is no fade, as there is nothing to join.
    joints = [at for at in (start, end) if 0 < at < 10_000]
    for at in joints:
        near = made[max(0, at - 1) : at + 1, 0]
        assert np.abs(np.diff(near)).max() <= steepest
    if len(joints) == 2:
        assert np.abs(np.diff(made[:, 0])).max() <= steepest


def test_a_splice_from_end_to_end_is_all_new() -> None:
    source, made = np.zeros((10_000, 2), np.float32), np.ones((10_000, 2), np.float32)
    assert np.array_equal(splice(source, made, 0, 10_000, 48_000), made)
