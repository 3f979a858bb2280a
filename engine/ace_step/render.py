"""One job on a loaded pipeline: from words and source to latents to audio."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from engine.ace_step.context import TIMBRE_S as _TIMBRE_S
from engine.ace_step.context import build_context, encode_audio, padded, silence, timbre_excerpt
from engine.ace_step.decode import decode
from engine.ace_step.denoise import Told, denoise, make_noise
from engine.ace_step.device_placement import Placing
from engine.ace_step.job import LATENTS_PER_SECOND, Job
from engine.ace_step.lyrics_bias import lyrics_bias
from engine.ace_step.memory_plans import Way
from engine.ace_step.prompt import EncodedWords, Words, encode_words, fit_words

if TYPE_CHECKING:
    import torch

    from engine.ace_step.denoise import Forward
    from engine.ace_step.pipeline import Pipeline

_ENCODED, _DENOISED = 0.05, 0.85
"""Shares of a pass that are done after the encoders and after the sampler."""


class Accelerator(Protocol):
    """What makes the sampler faster where it can; see `engine.ace_step.speed`."""

    def on_users_path(self, *, hooked: bool) -> AbstractContextManager[object]:
        """Return a context in which nothing is compiled; `hooked` = the transformer's parts have hooks."""

    def forward_for(self, told: Told, batch: int) -> Forward | None:
        """Return what stands in for the transformer's forward at these shapes; None = nothing."""


class Plain:
    """An accelerator that does nothing."""

    def on_users_path(self, *, hooked: bool) -> AbstractContextManager[object]:  # noqa: ARG002
        """Return a context that changes nothing."""
        return nullcontext()

    def forward_for(self, _told: Told, _batch: int) -> Forward | None:
        """Return None: the transformer's own forward runs."""
        return None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A job's audio at the model's rate.

    Attributes:
        passes: one float32 tensor [shape=(variations, frames, 2)] for each of `Job.passes`.
        notices: texts that were too long for the model.
    """

    passes: tuple[torch.Tensor, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Renderer:
    """A loaded pipeline and the way it is to run.

    Attributes:
        report: takes the share of the job that is done; what it raises ends the job.
    """

    pipe: Pipeline
    placing: Placing
    way: Way
    report: Callable[[float], None]
    accelerator: Accelerator
    encoded: EncodedWords

    def render(self, job: Job) -> Rendered:
        """Run the whole job."""
        import torch

        made, notices = [], []
        hooked = job.lyrics_strength != 1.0 or self.way.offload == "blocks"
        with torch.no_grad(), self.accelerator.on_users_path(hooked=hooked):
            self.placing.apply(self.way.offload)
            self.report(0.0)
            source, timbre = self._heard(job)
            for index, tracks in enumerate(job.passes):
                words, cut = self._words(job, tracks)
                notices += [notice for notice in cut if notice not in notices]
                told = self._tell(job, words, source, timbre)
                share = _Share(self.report, index / len(job.passes), 1 / len(job.passes))
                made.append(torch.cat(list(self._groups(job, told, words, share))))
        return Rendered(tuple(made), tuple(notices))

    def _words(self, job: Job, tracks: tuple[str, ...]) -> tuple[Words, tuple[str, ...]]:
        track = tracks[0] if job.task in ("extract", "lego") else None
        instruction = self.pipe._get_task_instruction(job.task, track, list(tracks))
        return fit_words(self.pipe, job.conditions, instruction, job.seconds)

    def _heard(self, job: Job) -> tuple[torch.Tensor | None, torch.Tensor | None]:
        """Return the latents of the source and of the reference, where there are such."""
        if not job.source and not job.reference:
            return None, None
        with self.placing.using("vae"):
            source = self._encode(padded(job.source, job.latent_frames)) if job.source else None
            timbre = self._encode(timbre_excerpt(job.reference)) if job.reference else None
        return source, timbre

    def _encode(self, audio: torch.Tensor) -> torch.Tensor:
        latents = encode_audio(self.pipe, audio, self.way.tile, lambda: self.report(0.0))
        return latents.to(self.placing.device, self.pipe.transformer.dtype)

    def _encoded(self, words: Words, timbre: torch.Tensor | None) -> torch.Tensor:
        if timbre is not None:
            return encode_words(self.pipe, self.placing, words, timbre)
        quiet = silence(self.pipe, _TIMBRE_S * LATENTS_PER_SECOND, self.placing.device)
        return self.encoded.get(words, lambda: encode_words(self.pipe, self.placing, words, quiet))

    def _tell(self, job: Job, words: Words, source: torch.Tensor | None, timbre: torch.Tensor | None) -> Told:
        states = self._encoded(words, timbre)
        self.report(0.0)
        quiet = silence(self.pipe, job.latent_frames, self.placing.device)
        context = build_context(self.pipe, self.placing, job, source, quiet)
        null = None
        if job.sampling.cfg > 1.0:
            null = self.pipe.condition_encoder.null_condition_emb.to(states.device, states.dtype).expand_as(states)
        return Told(states, null, context)

    def _groups(self, job: Job, told: Told, words: Words, share: _Share) -> Iterator[torch.Tensor]:
        """Yield the audio of as many variations at a time as go together."""
        together = self.way.together
        for first in range(0, len(job.seeds), together):
            seeds = job.seeds[first : first + together]
            part = share.part(first / len(job.seeds), len(seeds) / len(job.seeds))
            latents = self._denoise(job, told, words, seeds, part)
            with self.placing.using("vae"):
                yield decode(self.pipe, latents, self.way.tile, part.between(_DENOISED, 1.0))

    def _denoise(self, job: Job, told: Told, words: Words, seeds: tuple[int, ...], share: _Share) -> torch.Tensor:
        report = share.between(_ENCODED, _DENOISED)
        channels = told.context.shape[2] // 2
        noise = make_noise(seeds, told.context.shape[1], channels, self.placing.device, told.states.dtype)
        forward = None
        if job.lyrics_strength == 1.0 and self.placing.offload == "resident":
            forward = self.accelerator.forward_for(told, len(seeds))
        with (
            self.placing.using("transformer"),
            lyrics_bias(self.pipe, job.lyrics_strength, words.lyric_tokens, told.states),
        ):
            steps = job.sampling.steps
            return denoise(self.pipe, told, noise, job.sampling, lambda step: report(step / steps), forward)


@dataclass(frozen=True, slots=True)
class _Share:
    """A part of a job's progress, from `start` on, `length` long."""

    report: Callable[[float], None]
    start: float
    length: float

    def part(self, start: float, length: float) -> _Share:
        """Return a part of this part."""
        return _Share(self.report, self.start + start * self.length, length * self.length)

    def between(self, start: float, end: float) -> Callable[[float], None]:
        """Return what takes the share of the stretch between two shares of this part."""
        return lambda done: self.report(self.start + self.length * (start + (end - start) * done))
