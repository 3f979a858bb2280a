from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.ace_step.context import HOP, build_context, encode_audio, padded, silence, timbre_excerpt
from engine.ace_step.job import RenderJob, read_job
from engine.ace_step.plan import TURBO, LoadPlan
from engine.ace_step.sources import MODEL_RATE, SourceAudio
from tests.helpers.ace_requests import request
from tests.helpers.tiny_ace_step import LATENTS, tiny_pipeline

torch = pytest.importorskip("torch")

from engine.ace_step.device_placement import DevicePlacement  # noqa: E402

PLAN = LoadPlan("tiny", Path("models"), "diffusers", TURBO)


@pytest.fixture(scope="module")
def pipe() -> Any:  # noqa: ANN401
    torch.set_num_threads(1)
    return tiny_pipeline()


@pytest.fixture(autouse=True)
def no_gradients() -> Iterator[None]:
    with torch.no_grad():
        yield


def ramp(frames: int) -> SourceAudio:
    """Return audio whose left samples are their own numbers, scaled, and whose right ones are silent."""
    left = np.arange(frames, dtype=np.float32) / MODEL_RATE
    return SourceAudio(np.stack([left, np.zeros_like(left)], axis=1), MODEL_RATE)


def context(pipe: Any, job: RenderJob, source: Any = None) -> tuple[Any, Any, Any]:  # noqa: ANN401
    """Return source latents and mask of the job's context, and the latents of silence."""
    silent = silence(pipe, job.latent_frames, "cpu")
    made = build_context(pipe, DevicePlacement(pipe, "cpu", "resident"), job, source, silent)
    assert made.shape == (1, job.latent_frames, 2 * LATENTS)
    return made[..., :LATENTS], made[..., LATENTS:], silent


def job_on_source(task: str, region: tuple[float, float] | None = None) -> RenderJob:
    return replace(read_job(request(), PLAN), task=task, source=ramp(10 * MODEL_RATE), region=region)


@pytest.mark.parametrize("frames", [1, 50, 51])
def test_a_source_is_padded_with_silence_or_cut(frames: int) -> None:
    source = ramp(50 * HOP)
    audio = padded(source, frames)
    kept = min(50, frames) * HOP
    assert audio.shape == (2, frames * HOP)
    assert np.array_equal(audio[0, :kept].numpy(), source.audio[:kept, 0])
    assert not audio[:, kept:].any()


def test_the_timbre_is_taken_from_beginning_middle_and_end() -> None:
    excerpt = timbre_excerpt(ramp(90 * MODEL_RATE))
    assert excerpt.shape == (2, 30 * MODEL_RATE)
    assert excerpt[0, :: 10 * MODEL_RATE].tolist() == [0.0, 30.0, 80.0]  # seconds at which the three parts begin


def test_a_short_reference_is_repeated() -> None:
    excerpt = timbre_excerpt(ramp(7 * MODEL_RATE))  # five times: 35 s
    assert excerpt.shape == (2, 30 * MODEL_RATE)
    starts = [0.0, 35 / 3 % 7, 25 % 7]
    assert excerpt[0, :: 10 * MODEL_RATE].tolist() == pytest.approx(starts, abs=1e-4)


@pytest.mark.parametrize("frames", [1, 15, 16, 40])
def test_silence_is_repeated_if_the_model_has_too_little(frames: int) -> None:
    latent = torch.arange(15.0).reshape(1, 15, 1)
    fake: Any = SimpleNamespace(
        condition_encoder=SimpleNamespace(silence_latent=latent), transformer=SimpleNamespace(dtype=torch.float32)
    )
    assert silence(fake, frames, "cpu")[0, :, 0].tolist() == [frame % 15 for frame in range(frames)]


def test_encoding_reports_before_every_tile(pipe: Any) -> None:  # noqa: ANN401
    reports: list[None] = []
    latents = encode_audio(pipe, torch.zeros(2, 100 * HOP), 64, lambda: reports.append(None))
    assert latents.shape == (1, 100, LATENTS)
    assert len(reports) == 3  # tiles of 64 frames overlap by 12 on each side, so each yields 40


def test_text_to_music_has_silence_as_its_source_and_may_change_everything(pipe: Any) -> None:  # noqa: ANN401
    latents, mask, silent = context(pipe, read_job(request(), PLAN))
    assert torch.equal(latents, silent)
    assert mask.unique().tolist() == [1.0]


def test_repaint_keeps_the_source_outside_the_region_and_silences_it_inside(pipe: Any) -> None:  # noqa: ANN401
    job = job_on_source("repaint", (2.0, 4.0))
    source = torch.full((1, job.latent_frames, LATENTS), 5.0)
    latents, mask, silent = context(pipe, job, source)
    assert mask[0, :, 0].tolist() == [float(50 <= frame < 100) for frame in range(job.latent_frames)]
    assert torch.equal(latents[:, 50:100], silent[:, 50:100])
    assert latents[:, :50].unique().tolist() == latents[:, 100:].unique().tolist() == [5.0]


def test_complete_is_given_the_source_itself(pipe: Any) -> None:  # noqa: ANN401
    job = job_on_source("complete")
    source = torch.full((1, job.latent_frames, LATENTS), 5.0)
    assert torch.equal(context(pipe, job, source)[0], source)


def test_a_cover_is_given_the_source_after_a_round_trip_through_the_codes(pipe: Any) -> None:  # noqa: ANN401
    job = job_on_source("cover")
    source = torch.randn(1, job.latent_frames, LATENTS, generator=torch.Generator().manual_seed(1))
    latents, _, silent = context(pipe, job, source)
    assert not torch.equal(latents, source)
    assert not torch.equal(latents, silent)


def test_codes_are_followed_by_silence(pipe: Any) -> None:  # noqa: ANN401
    job = read_job(request(audio_codes="<|audio_code_1|>" * 10), PLAN)  # two seconds of ten
    latents, _, silent = context(pipe, job)
    assert torch.equal(latents[:, 50:], silent[:, 50:])
    assert not torch.equal(latents[:, :50], silent[:, :50])
    longer = read_job(request(audio_codes="<|audio_code_1|>" * 3000), PLAN)
    assert torch.equal(context(pipe, longer)[0][:, :25], latents[:, :25])
