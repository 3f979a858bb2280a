from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.ace_step.job import read_job
from engine.ace_step.memory_plans import MemoryPlan
from engine.ace_step.plan import BASE, TURBO, LoadPlan
from engine.contract import TASKS
from tests.helpers.ace_requests import request
from tests.helpers.ace_shelf import plan_from_folder
from tests.helpers.tiny_ace_step import tiny_pipeline

torch = pytest.importorskip("torch")

from engine.ace_step.device_placement import DevicePlacement  # noqa: E402
from engine.ace_step.prompt import ConditionCache  # noqa: E402
from engine.ace_step.render import Renderer, _Share  # noqa: E402
from engine.ace_step.speed import Accelerator  # noqa: E402

PLAN = LoadPlan("tiny", Path("models"), "diffusers", TURBO)


@pytest.fixture(scope="module")
def pipe() -> Any:  # noqa: ANN401
    torch.set_num_threads(1)
    return tiny_pipeline()


def renderer(pipe: Any, *, batch: int = 1, tile: int = 512, reports: list[float] | None = None) -> Renderer:  # noqa: ANN401
    seen = [] if reports is None else reports
    return Renderer(
        pipe,
        DevicePlacement(pipe, "cpu", "resident"),
        MemoryPlan("resident", tile, batch, 0),
        seen.append,
        Accelerator(pipe, PLAN),
        ConditionCache(),
    )


@pytest.mark.parametrize("model", ["tiny-turbo", "tiny-base"])
def test_latents_are_those_of_the_plain_pipeline_bit_for_bit(models_dir: Path, model: str) -> None:
    from engine.ace_step.denoise import denoise, make_noise
    from engine.ace_step.model import LoadedModel, ModelFiles
    from tests.helpers.plain_ace_step import plain_latents, read_job_for

    memory_plan = MemoryPlan("resident", 512, 1, 0)
    loaded = LoadedModel(ModelFiles(plan_from_folder(model, models_dir)), memory_plan, lambda _share: None)
    job = read_job_for(request(lyrics="[Verse]\nhello there", steps=3, cfg=5.0), loaded.plan)
    ours = replace(renderer(loaded.pipe), placement=loaded.placement, condition_cache=loaded.condition_cache)
    with torch.no_grad():
        text, _ = ours._prompt(job, ())
        conditioning = ours._conditioning(job, text, None, None)
        noise = make_noise(job.seeds, job.latent_frames, conditioning.context.shape[2] // 2, "cpu", torch.float32)
        latents = denoise(loaded.pipe, conditioning, noise, job.sampling, lambda _step: None)
    assert torch.equal(latents, plain_latents(models_dir / model, job))


def test_batches_of_any_size_give_every_variation_in_the_order_of_the_seeds(pipe: Any) -> None:  # noqa: ANN401
    job = read_job(request(variations=3), PLAN)
    (singles,) = renderer(pipe, batch=1).render(job).passes
    (pairs,) = renderer(pipe, batch=2).render(job).passes
    assert singles.shape == pairs.shape == (3, job.latent_frames * 1920, 2)
    # Matrix products of another height may add up in another order.
    assert (singles - pairs).abs().max() < 1e-6
    assert (singles[0] - singles[2]).abs().max() > 0.01


def test_progress_grows_from_zero_to_one(pipe: Any) -> None:  # noqa: ANN401
    reports: list[float] = []
    renderer(pipe, reports=reports).render(read_job(request(variations=2), PLAN))
    assert reports[0] == 0.0
    assert reports == sorted(reports)
    assert reports[-1] == pytest.approx(1.0)


def test_extract_has_one_pass_per_track_and_one_notice_for_all_passes(pipe: Any, source_file: Path) -> None:  # noqa: ANN401
    plan = replace(PLAN, limits=BASE, tasks=TASKS)
    values: dict[str, Any] = {"task": "extract", "source_audio": str(source_file), "stems": ("drums", "bass")}
    made = renderer(pipe).render(read_job(request(**values, cfg=1.0, lyrics="la la la\n" * 400), plan))
    assert len(made.passes) == 2
    assert len(made.notices) == 1
    assert "lyrics are too long" in made.notices[0]


def test_the_text_is_encoded_once_for_several_jobs_with_the_same_words(
    pipe: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = []
    encode = pipe.encode_prompt
    monkeypatch.setattr(pipe, "encode_prompt", lambda **fields: calls.append(fields) or encode(**fields))
    ours = renderer(pipe)
    ours.render(read_job(request(seed=1), PLAN))
    ours.render(read_job(request(seed=2), PLAN))
    assert len(calls) == 1
    ours.render(read_job(request(genres="ambient"), PLAN))
    assert len(calls) == 2


def test_a_part_of_the_progress_maps_to_the_whole() -> None:
    reports: list[float] = []
    second_half = _Share(reports.append, 0.5, 0.5)
    second_half.between(0.2, 0.8)(0.5)  # the middle of the half's stretch
    last_quarter = second_half.part(0.5, 0.5)
    last_quarter.between(0.05, 0.85)(1.0)
    assert reports == [pytest.approx(0.75), pytest.approx(0.75 + 0.25 * 0.85)]
