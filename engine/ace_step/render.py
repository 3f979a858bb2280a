"""Renders one job on a loaded pipeline: from text and source audio to latents to audio."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.ace_step.context import TIMBRE_S as _TIMBRE_S
from engine.ace_step.context import build_context, encode_audio, padded, silence, timbre_excerpt
from engine.ace_step.decode import decode
from engine.ace_step.denoise import Conditioning, denoise, make_noise
from engine.ace_step.device_placement import DevicePlacement
from engine.ace_step.job import LATENTS_PER_SECOND, RenderJob
from engine.ace_step.lyrics_bias import lyrics_bias
from engine.ace_step.memory_plans import MemoryPlan
from engine.ace_step.prompt import ConditionCache, PromptText, encode_condition, fit_prompt
from engine.ace_step.speed import Accelerator

if TYPE_CHECKING:
    import torch

    from engine.ace_step.pipeline import Pipeline

_ENCODED, _DENOISED = 0.05, 0.85
"""The progress within a pass after the encoders and after the sampler."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The audio of a job at the model's rate.

    Attributes:
        passes: one float32 tensor [shape=(variations, frames, 2)] for each of `RenderJob.passes`.
        notices: sentences about texts that were too long for the model.
    """

    passes: tuple[torch.Tensor, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Renderer:
    """Runs jobs on a loaded pipeline by one memory plan.

    Attributes:
        report: receives the share of the job that is done; what it raises ends the job.
    """

    pipe: Pipeline
    placement: DevicePlacement
    memory_plan: MemoryPlan
    report: Callable[[float], None]
    accelerator: Accelerator
    condition_cache: ConditionCache

    def render(self, job: RenderJob) -> Rendered:
        """Return the audio of the whole job."""
        import torch

        passes, notices = [], []
        hooked = job.lyrics_strength != 1.0 or self.memory_plan.offload == "blocks"
        with torch.no_grad(), self.accelerator.on_users_path(hooked=hooked):
            self.placement.apply(self.memory_plan.offload)
            self.report(0.0)
            source, timbre = self._encode_inputs(job)
            for index, tracks in enumerate(job.passes):
                text, cut_notices = self._prompt(job, tracks)
                notices += [notice for notice in cut_notices if notice not in notices]
                conditioning = self._conditioning(job, text, source, timbre)
                share = _Share(self.report, index / len(job.passes), 1 / len(job.passes))
                passes.append(torch.cat(list(self._batches(job, conditioning, text, share))))
        return Rendered(tuple(passes), tuple(notices))

    def _prompt(self, job: RenderJob, tracks: tuple[str, ...]) -> tuple[PromptText, tuple[str, ...]]:
        track = tracks[0] if job.task in ("extract", "lego") else None
        instruction = self.pipe._get_task_instruction(job.task, track, list(tracks))
        return fit_prompt(self.pipe, job.conditions, instruction, job.seconds)

    def _encode_inputs(self, job: RenderJob) -> tuple[torch.Tensor | None, torch.Tensor | None]:
        """Return the latents of the source and of the reference, None where the job has none."""
        if not job.source and not job.reference:
            return None, None
        with self.placement.using("vae"):
            source = self._encode(padded(job.source, job.latent_frames)) if job.source else None
            timbre = self._encode(timbre_excerpt(job.reference)) if job.reference else None
        return source, timbre

    def _encode(self, audio: torch.Tensor) -> torch.Tensor:
        latents = encode_audio(self.pipe, audio, self.memory_plan.tile, lambda: self.report(0.0))
        return latents.to(self.placement.device, self.pipe.transformer.dtype)

    def _encoded_text(self, text: PromptText, timbre: torch.Tensor | None) -> torch.Tensor:
        if timbre is not None:
            return encode_condition(self.pipe, self.placement, text, timbre)
        silent = silence(self.pipe, _TIMBRE_S * LATENTS_PER_SECOND, self.placement.device)
        return self.condition_cache.get(text, lambda: encode_condition(self.pipe, self.placement, text, silent))

    def _conditioning(
        self, job: RenderJob, text: PromptText, source: torch.Tensor | None, timbre: torch.Tensor | None
    ) -> Conditioning:
        states = self._encoded_text(text, timbre)
        self.report(0.0)
        silent = silence(self.pipe, job.latent_frames, self.placement.device)
        context = build_context(self.pipe, self.placement, job, source, silent)
        null = None
        if job.sampling.cfg > 1.0:
            null = self.pipe.condition_encoder.null_condition_emb.to(states.device, states.dtype).expand_as(states)
        return Conditioning(states, null, context)

    def _batches(
        self, job: RenderJob, conditioning: Conditioning, text: PromptText, share: _Share
    ) -> Iterator[torch.Tensor]:
        """Yield the audio of the variations, batch by batch."""
        batch = self.memory_plan.batch
        for first in range(0, len(job.seeds), batch):
            seeds = job.seeds[first : first + batch]
            part = share.part(first / len(job.seeds), len(seeds) / len(job.seeds))
            latents = self._denoise(job, conditioning, text, seeds, part)
            with self.placement.using("vae"):
                yield decode(self.pipe, latents, self.memory_plan.tile, part.between(_DENOISED, 1.0))

    def _denoise(
        self, job: RenderJob, conditioning: Conditioning, text: PromptText, seeds: tuple[int, ...], share: _Share
    ) -> torch.Tensor:
        report = share.between(_ENCODED, _DENOISED)
        channels = conditioning.context.shape[2] // 2
        noise = make_noise(
            seeds, conditioning.context.shape[1], channels, self.placement.device, conditioning.states.dtype
        )
        forward = None
        if job.lyrics_strength == 1.0 and self.placement.offload == "resident":
            forward = self.accelerator.forward_for(conditioning, len(seeds))
        with (
            self.placement.using("transformer"),
            lyrics_bias(self.pipe, job.lyrics_strength, text.lyric_tokens, conditioning.states),
        ):
            steps = job.sampling.steps
            return denoise(self.pipe, conditioning, noise, job.sampling, lambda step: report(step / steps), forward)


@dataclass(frozen=True, slots=True)
class _Share:
    """A part of a job's progress: from `start`, `length` long, both as shares of the job."""

    report: Callable[[float], None]
    start: float
    length: float

    def part(self, start: float, length: float) -> _Share:
        """Return a part of this part; `start` and `length` are shares of it."""
        return _Share(self.report, self.start + start * self.length, length * self.length)

    def between(self, start: float, end: float) -> Callable[[float], None]:
        """Return a callback that receives progress from 0 to 1 and reports it as progress from `start` to `end`."""
        return lambda done: self.report(self.start + self.length * (start + (end - start) * done))
