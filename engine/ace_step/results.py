"""Turns the model's audio into `Generation`s: sample rate, length, level, and notices for the user."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.ace_step.job import RenderJob
from engine.ace_step.render import Rendered
from engine.ace_step.sources import MODEL_RATE
from engine.ace_step.splice import splice
from engine.contract import Generation, GenerationRequest, Stem
from engine.origin import Origin
from engine.resample import resample_whole

if TYPE_CHECKING:
    import torch

    from engine.contract import Audio

FULL_SCALE = 1.0
_CLEAR = 10 ** (-0.1 / 20)
"""The peak of a result that would clip: 0.1 dB below full scale, as rounding to integers may raise it a little."""


def to_generations(
    rendered: Rendered, job: RenderJob, request: GenerationRequest, model: str, notices: tuple[str, ...] = ()
) -> list[Generation]:
    """Return one generation per variation."""
    return [_generation(rendered, index, job, request, model, notices) for index in range(len(job.seeds))]


def _generation(
    rendered: Rendered, index: int, job: RenderJob, request: GenerationRequest, model: str, notices: tuple[str, ...]
) -> Generation:
    parts = [_at_length(audio[index], job, request.sample_rate) for audio in rendered.passes]
    parts, lowered = _without_clipping(parts)
    if job.task == "repaint" and job.source:
        parts = [_repainted(job, parts[0], request.sample_rate)]
    tracks = [names[0] for names in job.passes] if job.task in ("extract", "lego") else []
    stems = tuple(Stem(name, audio) for name, audio in zip(tracks, parts, strict=False))
    return Generation(
        stems=stems,
        mix=_sum(parts) if stems else parts[0],
        seed=job.seeds[index],
        key=request.key,
        model=model,
        on_grid=job.task not in ("text2music", "cover"),
        effective_params={
            **(job.effective_params or {}),
            **({"model": model} if request.block.get("model", model) != model else {}),
        },
        param_origin={"model": Origin.DEFAULT},
        notices=(*job.notices, *rendered.notices, *notices, *([lowered] if lowered else [])),
        model_bpm=job.model_bpm,
        margin_s=job.margin_s,
    )


def _at_length(audio: torch.Tensor, job: RenderJob, rate: int) -> Audio:
    """Return the audio [shape=(frames, 2)] at `rate`, cut or padded to the length of the job's source, if any."""
    import numpy as np

    at_rate = resample_whole(audio[: round(job.seconds * MODEL_RATE)].numpy(), MODEL_RATE, rate)
    if job.source is None:
        return at_rate
    frames = source_frames(job, rate)
    result = np.zeros((frames, 2), np.float32)
    result[: min(frames, at_rate.shape[0])] = at_rate[:frames]
    return result


def source_frames(job: RenderJob, rate: int) -> int:
    """Return the length of the job's source in frames at `rate`."""
    assert job.source is not None
    return round(int(job.source.audio.shape[0]) * rate / job.source.rate)


def _repainted(job: RenderJob, made: Audio, rate: int) -> Audio:
    """Return the source at `rate` with `made` spliced into its region."""
    assert job.source is not None
    source = job.source.at(rate)
    start, end = job.region or (0.0, job.source.seconds)
    frames = source.shape[0]
    return splice(source, made, min(round(start * rate), frames), min(round(end * rate), frames), rate)


def _without_clipping(parts: list[Audio]) -> tuple[list[Audio], str]:
    """Return the parts, turned down by one gain if any of them or their sum exceeds full scale, and a sentence then.

    Otherwise they keep the level that the model gave them.
    """
    peak = max(_peak(part) for part in (parts if len(parts) == 1 else [*parts, _sum(parts)]))
    if peak <= FULL_SCALE:
        return parts, ""
    gain = _CLEAR / peak
    over_db = 20 * math.log10(peak)
    sentence = (
        f"The music peaked {over_db:.1f} dB above full scale and was turned down by {over_db + 0.1:.1f} dB, "
        "so that nothing clips."
    )
    return [part * part.dtype.type(gain) for part in parts], sentence


def _peak(audio: Audio) -> float:
    return max(float(audio.max()), -float(audio.min())) if audio.size else 0.0


def _sum(parts: list[Audio]) -> Audio:
    total = parts[0].copy()
    for part in parts[1:]:
        total += part
    return total
