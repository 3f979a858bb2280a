"""From the model's audio to the seam's `Generation`s: rate, length, level, and what the user should know."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.ace_step.job import Job
from engine.ace_step.render import Rendered
from engine.ace_step.sources import MODEL_RATE
from engine.ace_step.splice import splice
from engine.contract import Generation, GenerationRequest, Stem
from engine.resample import resample_whole

if TYPE_CHECKING:
    import torch

    from engine.contract import Audio

FULL_SCALE = 1.0
_CLEAR = 10 ** (-0.1 / 20)
"""Where a result lands that would clip: 0.1 dB below full scale, for what rounding to integers adds."""


def deliver(
    rendered: Rendered, job: Job, request: GenerationRequest, model: str, notices: tuple[str, ...] = ()
) -> list[Generation]:
    """Return one result a variation."""
    return [_generation(rendered, index, job, request, model, notices) for index in range(len(job.seeds))]


def _generation(
    rendered: Rendered, index: int, job: Job, request: GenerationRequest, model: str, notices: tuple[str, ...]
) -> Generation:
    made = [_finished(audio[index], job, request.sample_rate) for audio in rendered.passes]
    made, lowered = _without_clipping(made)
    if job.task == "repaint" and job.source:
        made = [_repainted(job, made[0], request.sample_rate)]
    named = [names[0] for names in job.passes] if job.task in ("extract", "lego") else []
    stems = tuple(Stem(name, audio) for name, audio in zip(named, made, strict=False))
    return Generation(
        stems=stems,
        mix=_sum(made) if stems else made[0],
        seed=job.seeds[index],
        key=request.key,
        model=model,
        on_grid=job.task not in ("text2music", "cover"),
        effective_params={
            **(job.effective_params or {}),
            **({"model": model} if request.block.get("model", model) != model else {}),
        },
        notices=(*job.notices, *rendered.notices, *notices, *([lowered] if lowered else [])),
        model_bpm=job.model_bpm,
        margin_s=job.margin_s,
    )


def _finished(audio: torch.Tensor, job: Job, rate: int) -> Audio:
    """Return the audio [shape=(frames, 2)] at `rate`, as long as the job's source or as what was generated."""
    import numpy as np

    at_rate = resample_whole(audio[: round(job.seconds * MODEL_RATE)].numpy(), MODEL_RATE, rate)
    if job.source is None:
        return at_rate
    wanted = source_frames(job, rate)
    result = np.zeros((wanted, 2), np.float32)
    result[: min(wanted, at_rate.shape[0])] = at_rate[:wanted]
    return result


def source_frames(job: Job, rate: int) -> int:
    """Return the length of the job's source at `rate`."""
    assert job.source is not None
    return round(int(job.source.audio.shape[0]) * rate / job.source.rate)


def _repainted(job: Job, made: Audio, rate: int) -> Audio:
    """Return the source at `rate` with `made` in its region."""
    assert job.source is not None
    source = job.source.at(rate)
    start, end = job.region or (0.0, job.source.seconds)
    frames = source.shape[0]
    return splice(source, made, min(round(start * rate), frames), min(round(end * rate), frames), rate)


def _without_clipping(parts: list[Audio]) -> tuple[list[Audio], str]:
    """Return the parts, all turned down alike if one of them or their sum is above full scale, and a sentence then.

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
