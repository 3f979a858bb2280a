from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.ace_step.job import read_job
from engine.ace_step.plan import TURBO, LoadPlan
from engine.ace_step.render import Rendered
from engine.ace_step.results import to_generations
from tests.helpers.ace_requests import request

PLAN = LoadPlan("turbo", Path("models"), "diffusers", TURBO)


def tone(hz: float, rate: int, seconds: float = 1.0) -> np.ndarray:
    wave = np.sin(2 * np.pi * hz * np.arange(round(rate * seconds)) / rate)
    return np.repeat(wave.astype(np.float32)[:, None], 2, axis=1)


@pytest.mark.parametrize("peak", [0.001, 0.5, 1.0])
def test_levels_are_kept(peak: float) -> None:
    torch = pytest.importorskip("torch")
    audio = peak * tone(100, 48_000, 10.0)
    (made,) = to_generations(
        Rendered((torch.from_numpy(audio)[None],), ()), read_job(request(), PLAN), request(), "turbo"
    )
    assert np.array_equal(made.mix, audio)
    assert made.notices == ()


def test_what_would_clip_is_turned_down_as_a_whole_and_it_is_told() -> None:
    torch = pytest.importorskip("torch")
    audio = torch.from_numpy(2.0 * tone(100, 48_000, 10.0))[None]
    (made,) = to_generations(Rendered((audio,), ()), read_job(request(), PLAN), request(), "turbo")
    assert 0.98 < np.abs(made.mix).max() < 1.0
    assert np.allclose(made.mix / np.abs(made.mix).max(), audio[0].numpy() / 2.0, atol=1e-4)
    assert "peaked 6.0 dB above full scale and was turned down by 6.1 dB" in made.notices[-1]


def test_parts_that_clip_only_together_keep_their_balance() -> None:
    torch = pytest.importorskip("torch")
    job = replace(read_job(request(), PLAN), task="extract", tracks=("drums", "bass"))
    parts = tuple(torch.from_numpy(gain * tone(100, 48_000, 10.0))[None] for gain in (0.9, 0.45))
    (made,) = to_generations(Rendered(parts, ()), job, request(), "turbo")
    drums, bass = (stem.audio for stem in made.stems)
    assert np.abs(made.mix).max() < 1.0
    assert np.allclose(drums, 2 * bass, atol=1e-6)
