"""The plain pipeline, called as its documentation says, to compare the engine with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.ace_step.job import RenderJob, read_job
from engine.ace_step.plan import LoadPlan
from engine.contract import GenerationRequest


def read_job_for(request: GenerationRequest, plan: LoadPlan) -> RenderJob:
    return read_job(request, plan)


def plain_pipeline(folder: Path) -> Any:  # noqa: ANN401
    """Return diffusers' pipeline of a folder with copied weights, as mapped ones need not be aligned."""
    import warnings

    from diffusers import AceStepPipeline

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pipe = AceStepPipeline.from_pretrained(folder)
    for name in ("transformer", "condition_encoder", "vae", "text_encoder", "audio_tokenizer"):
        for parameter in getattr(pipe, name).parameters():
            parameter.data = parameter.data.clone()
    pipe.set_progress_bar_config(disable=True)
    return pipe


def plain_latents(folder: Path, job: RenderJob) -> Any:  # noqa: ANN401
    """Return the pipeline's latents for a text2music job."""
    import torch

    conditions = job.conditions
    return plain_pipeline(folder)(
        prompt=conditions.caption,
        lyrics=conditions.lyrics,
        audio_duration=job.seconds,
        vocal_language=conditions.language,
        num_inference_steps=job.sampling.steps,
        guidance_scale=job.sampling.cfg,
        shift=job.sampling.shift,
        generator=torch.Generator("cpu").manual_seed(job.seeds[0]),
        bpm=conditions.bpm,
        keyscale=conditions.keyscale,
        timesignature=conditions.timesignature,
        output_type="latent",
    ).audios
