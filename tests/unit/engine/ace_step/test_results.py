from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.ace_step.job import RenderJob, read_job
from engine.ace_step.plan import TURBO, LoadPlan
from engine.ace_step.render import Rendered
from engine.ace_step.results import source_frames, to_generations
from engine.ace_step.sources import SourceAudio
from tests.helpers.ace_requests import request

torch = pytest.importorskip("torch")

PLAN = LoadPlan("turbo", Path("models"), "diffusers", TURBO)


def tone(hz: float, rate: int, seconds: float = 1.0) -> np.ndarray:
    wave = np.sin(2 * np.pi * hz * np.arange(round(rate * seconds)) / rate)
    return np.repeat(wave.astype(np.float32)[:, None], 2, axis=1)


@pytest.mark.parametrize("peak", [0.001, 0.5, 1.0])
def test_levels_are_kept(peak: float) -> None:
    audio = peak * tone(100, 48_000, 10.0)
    (made,) = to_generations(
        Rendered((torch.from_numpy(audio)[None],), ()), read_job(request(), PLAN), request(), "turbo"
    )
    assert np.array_equal(made.mix, audio)
    assert made.notices == ()


def test_what_would_clip_is_turned_down_as_a_whole_and_reported() -> None:
    audio = torch.from_numpy(2.0 * tone(100, 48_000, 10.0))[None]
    (made,) = to_generations(Rendered((audio,), ()), read_job(request(), PLAN), request(), "turbo")
    assert 0.98 < np.abs(made.mix).max() < 1.0
    assert np.allclose(made.mix / np.abs(made.mix).max(), audio[0].numpy() / 2.0, atol=1e-4)
    assert "peaked 6.0 dB above full scale and was turned down by 6.1 dB" in made.notices[-1]


def test_parts_that_clip_only_together_keep_their_balance() -> None:
    job = replace(read_job(request(), PLAN), task="extract", tracks=("drums", "bass"))
    parts = tuple(torch.from_numpy(gain * tone(100, 48_000, 10.0))[None] for gain in (0.9, 0.45))
    (made,) = to_generations(Rendered(parts, ()), job, request(), "turbo")
    drums, bass = (stem.audio for stem in made.stems)
    assert np.abs(made.mix).max() < 1.0
    assert np.allclose(drums, 2 * bass, atol=1e-6)


def with_source(
    seconds: float, rate: int, task: str = "complete", region: tuple[float, float] | None = None
) -> RenderJob:
    source = SourceAudio(0.5 * np.ones((round(seconds * rate), 2), np.float32), rate)
    return replace(read_job(request(), PLAN), task=task, source=source, region=region, notices=("from the job",))


def silent(variations: int = 1) -> Rendered:
    return Rendered((torch.zeros(variations, 480_000, 2),), ("from the text",))


@pytest.mark.parametrize(("seconds", "rate"), [(4.0, 44_100), (9.9999, 48_000), (12.0, 22_050)])
def test_a_result_is_as_long_as_its_source_at_the_requested_rate(seconds: float, rate: int) -> None:
    job = with_source(seconds, rate)
    (made,) = to_generations(silent(), job, request(), "turbo")
    assert len(made.mix) == source_frames(job, 48_000) == round(round(seconds * rate) * 48_000 / rate)


def test_repaint_is_spliced_into_its_region_only() -> None:
    (made,) = to_generations(silent(), with_source(4.0, 48_000, "repaint", (1.0, 2.0)), request(), "turbo")
    assert set(made.mix[:48_000].ravel()) == set(made.mix[96_000:].ravel()) == {0.5}
    assert not made.mix[50_000:94_000].any()
    (whole,) = to_generations(silent(), with_source(4.0, 48_000, "repaint"), request(), "turbo")
    assert not whole.mix.any()


def test_each_variation_has_its_seed_and_all_notices_in_order() -> None:
    job = replace(with_source(4.0, 48_000), seeds=(5, 6))
    made = to_generations(silent(variations=2), job, request(), "turbo", ("from the engine",))
    assert [one.seed for one in made] == [5, 6]
    assert made[0].notices == ("from the job", "from the text", "from the engine")


@pytest.mark.parametrize(
    ("task", "on_grid"), [("text2music", False), ("cover", False), ("repaint", True), ("complete", True)]
)
def test_tasks_on_the_sources_own_time_line_are_on_the_grid(task: str, on_grid: bool) -> None:
    (made,) = to_generations(silent(), with_source(4.0, 48_000, task), request(), "turbo")
    assert made.on_grid is on_grid


@pytest.mark.parametrize(
    ("block", "reported"), [({}, {}), ({"model": "turbo"}, {}), ({"model": "auto"}, {"model": "turbo"})]
)
def test_the_model_is_reported_where_another_was_requested(
    block: dict[str, object], reported: dict[str, object]
) -> None:
    job = replace(read_job(request(), PLAN), effective_params=None)
    (made,) = to_generations(silent(), job, request(**block), "turbo")
    assert made.effective_params == reported
