"""Checks a request against the model that will render it; every refusal happens here, before anything is loaded."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.ace_step.codes import read_codes
from engine.ace_step.conditions import Conditions, model_tempo, read_conditions
from engine.ace_step.plan import TRACKS, LoadPlan
from engine.ace_step.sampling import SamplerSettings, read_sampling
from engine.ace_step.sources import SourceAudio, read_source
from engine.ace_step.untold import SOURCE_UNUSED, WITH_REGION, region_unused, untold_of
from engine.ace_step.values import number, span, text
from engine.contract import TASKS, GenerationRequest
from engine.errors import InvalidValue

MIN_SECONDS = 10.0
MAX_SECONDS = 600.0
"""The lengths of music that the model was trained on."""
MIN_MARGIN_S = 1.0
SEEDS = 2**32
LATENTS_PER_SECOND = 25
SAMPLER_KEYS = ("steps", "cfg", "shift")
EXPERIMENTAL = (
    "lego is experimental: the new part often drifts against the source or comes out near silence. "
    "Compare several variations, and try cfg 1."
)


@dataclass(frozen=True, slots=True)
class RenderJob:
    """One checked request, ready to render.

    Attributes:
        task: "cover" if there are `audio_codes`.
        seconds: length to generate.
        margin_s: length generated before the first requested beat, and after the last one.
        model_bpm: quarter notes per minute given to the model; None where the source sets the tempo.
        seeds: one per variation.
        tracks: parts that extract, lego and complete work on.
        region: part of the source to change, in seconds; None = all of it.
        lyrics_strength: factor on the attention to the lyrics; 1 = unchanged.
        effective_params, notices: as in `Generation`.
    """

    task: str
    conditions: Conditions
    sampling: SamplerSettings
    seconds: float
    margin_s: float
    model_bpm: float | None
    seeds: tuple[int, ...]
    tracks: tuple[str, ...] = ()
    source: SourceAudio | None = None
    reference: SourceAudio | None = None
    region: tuple[float, float] | None = None
    audio_codes: tuple[int, ...] = ()
    lyrics_strength: float = 1.0
    lora: str = ""
    lora_strength: float = 1.0
    effective_params: Mapping[str, object] | None = None
    notices: tuple[str, ...] = ()

    @property
    def latent_frames(self) -> int:
        """The length to generate, in latent frames."""
        return math.ceil(self.seconds * LATENTS_PER_SECOND - 1e-6)

    @property
    def passes(self) -> tuple[tuple[str, ...], ...]:
        """The tracks of each sampler run: extract and lego make one part per run."""
        if self.task in ("extract", "lego"):
            return tuple((track,) for track in self.tracks)
        return (self.tracks,)


def read_job(request: GenerationRequest, plan: LoadPlan, default_tracks: Sequence[str] = ()) -> RenderJob:
    """Return the request as a job for the plan's model; this reads the source files.

    Raises
    ------
    InvalidValue
        If a value cannot be used; the sentence says what is allowed.
    """
    block = request.block
    codes = read_codes(text(block, "audio_codes"))
    task = _task(text(block, "task") or "text2music", plan, bool(codes))
    source, source_notices = _source(block, task, bool(codes))
    reference = (
        read_source(text(block, "reference_audio"), "reference_audio") if text(block, "reference_audio") else None
    )
    given_bpm, grid_bpm = model_tempo(request.tempo_map, float(request.length_beats))
    language = text(block, "language")
    conditions = read_conditions(request.genres, request.key, request.meter, given_bpm, request.lyrics, language)
    filled_in = frozenset(name for name in SAMPLER_KEYS if not request.asked(name))
    sampling = read_sampling(block, plan.limits, plan.name, filled_in)
    region, region_notices = _region(block, task, source)
    job = RenderJob(
        task=task,
        conditions=conditions,
        sampling=sampling,
        seconds=max(MIN_SECONDS, source.seconds if source else 0.0),
        margin_s=0.0,
        model_bpm=None if source else grid_bpm,
        seeds=tuple((request.seed + index) % SEEDS for index in range(request.variations)),
        tracks=_tracks(request.stems, task, default_tracks),
        source=source,
        reference=reference,
        region=region,
        audio_codes=codes,
        lyrics_strength=number(block, "lyrics_strength", 1.0, 0.1, 10.0),
        lora=text(block, "lora"),
        lora_strength=number(block, "lora_strength", 1.0, 0.0, 2.0),
        effective_params=dict(sampling.effective_params),
        notices=(
            *source_notices,
            *region_notices,
            *_notices(task, source, reference, sampling),
            *untold_of(request),
        ),
    )
    job = _neutralise_idle_keys(job, language)
    return job if source else _with_length(job, request, grid_bpm)


def _task(task: str, plan: LoadPlan, has_codes: bool) -> str:
    if task not in TASKS:
        raise InvalidValue("task", task, f"one of {', '.join(TASKS)}")
    if has_codes and task not in ("text2music", "cover"):
        raise InvalidValue("task", task, "text2music or cover where audio_codes are given")
    if has_codes:
        return "cover"
    if task not in plan.tasks:
        raise InvalidValue("task", task, f"{', '.join(plan.tasks)} with the model {plan.name}, which has no other")
    return task


def _source(block: Mapping[str, object], task: str, has_codes: bool) -> tuple[SourceAudio | None, list[str]]:
    path = text(block, "source_audio")
    if task == "text2music" or has_codes:
        return None, [SOURCE_UNUSED] if path else []
    if not path:
        raise InvalidValue("source_audio", "", f"the path of the audio that {task} works on")
    return read_source(path, "source_audio"), []


def _tracks(stems: Sequence[str], task: str, default: Sequence[str]) -> tuple[str, ...]:
    if task not in ("extract", "lego", "complete"):
        return ()
    tracks = tuple(stems) or tuple(name for name in default if name in TRACKS)
    for name in tracks:
        if name not in TRACKS:
            raise InvalidValue("stems", name, f"among {', '.join(TRACKS)} for the task {task}")
    if not tracks and task != "complete":
        raise InvalidValue("stems", "", f"at least one of {', '.join(TRACKS)} for the task {task}")
    return tracks


def _region(
    block: Mapping[str, object], task: str, source: SourceAudio | None
) -> tuple[tuple[float, float] | None, list[str]]:
    region = span(block, "region")
    if region is None:
        return None, []
    if task not in WITH_REGION or source is None:
        return None, [region_unused(task)]
    start, end = region
    if start >= source.seconds or end > source.seconds + 0.5 / source.rate:
        raise InvalidValue("region", [start, end], f"inside the source, which is {source.seconds:.6g} seconds long")
    if end - start < 1 / LATENTS_PER_SECOND:
        raise InvalidValue("region", [start, end], f"at least {1 / LATENTS_PER_SECOND} seconds long")
    return region, []


def _notices(
    task: str, source: SourceAudio | None, reference: SourceAudio | None, sampling: SamplerSettings
) -> Sequence[str]:
    audio_notices = [notice for audio in (source, reference) if audio for notice in audio.notices]
    return [*sampling.notices, *audio_notices, *([EXPERIMENTAL] if task == "lego" else [])]


def _neutralise_idle_keys(job: RenderJob, language: str) -> RenderJob:
    """Reset keys that have nothing to act on, and report them as not run."""
    effective_params, notices = dict(job.effective_params or {}), list(job.notices)
    strength = job.lyrics_strength
    if job.conditions.is_instrumental and strength != 1.0:
        effective_params["lyrics_strength"] = strength = 1.0
    if language and not job.conditions.is_instrumental and job.conditions.language == "unknown" != language:
        notices.append(f"The model does not know the language {language[:40]!r}: it goes by the lyrics' words.")
    return replace(job, lyrics_strength=strength, effective_params=effective_params, notices=tuple(notices))


def _with_length(job: RenderJob, request: GenerationRequest, grid_bpm: float) -> RenderJob:
    """Return the job with the request's length at the model's tempo and a margin to find the first downbeat in."""
    music_s = float(request.length_beats) * 60.0 / grid_bpm
    if music_s > MAX_SECONDS + 1.0:
        raise InvalidValue("bars", f"{music_s:.0f} seconds", f"at most {MAX_SECONDS:.0f} seconds of music")
    bar_s = float(request.meter.bar_beats) * 60.0 / grid_bpm
    margin_s = max(0.0, min(max(MIN_MARGIN_S, bar_s), (MAX_SECONDS - music_s) / 2.0))
    return replace(job, seconds=min(MAX_SECONDS, max(MIN_SECONDS, music_s + 2.0 * margin_s)), margin_s=margin_s)
