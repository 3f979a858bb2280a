"""What the transformer hears beside the noise: the source, silence or audio codes, and where it may change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.ace_step.checkpoint import CODES
from engine.ace_step.device_placement import Placing
from engine.ace_step.job import LATENTS_PER_SECOND, Job
from engine.ace_step.sources import MODEL_RATE, SourceAudio
from engine.ace_step.tiles import tiles

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from engine.ace_step.pipeline import Pipeline

HOP = MODEL_RATE // LATENTS_PER_SECOND
"""Audio frames of one latent frame."""
TIMBRE_S = 30
"""Seconds of latents that the timbre encoder was trained on."""
_EXCERPT = 10 * MODEL_RATE


def encode_audio(pipe: Pipeline, audio: torch.Tensor, longest: int, report: Callable[[], None]) -> torch.Tensor:
    """Return the latents [shape=(1, frames, channels)] of stereo audio [shape=(2, frames * HOP)].

    The mean of the encoder's distribution is taken, not a sample of it: a sample would have to come from torch's
    global generator, and a source-audio task would not be reproducible by its seed. `longest` bounds the tiles, in
    latent frames; `report` is called before each.
    """
    import torch

    parts = []
    for tile in tiles(audio.shape[-1] // HOP, longest):
        report()
        stretch = audio[None, :, tile.left * HOP : tile.right * HOP].to(pipe.vae.device, pipe.vae.dtype)
        latents = pipe.vae.encode(stretch).latent_dist.mode()
        parts.append(latents[:, :, tile.start - tile.left : tile.end - tile.left])
    return torch.cat(parts, dim=-1).transpose(1, 2)


def padded(source: SourceAudio, frames: int) -> torch.Tensor:
    """Return the source at the model's rate [shape=(2, frames * HOP)], with silence behind it."""
    import torch

    audio = source.at(MODEL_RATE)
    result = torch.zeros(2, frames * HOP)
    kept = min(audio.shape[0], result.shape[1])
    result[:, :kept] = torch.from_numpy(audio[:kept].T)
    return result


def timbre_excerpt(reference: SourceAudio) -> torch.Tensor:
    """Return 30 s of the reference [shape=(2, 30 * MODEL_RATE)]: ten from its beginning, middle and end.

    A shorter one is repeated. The same as diffusers' `prepare_reference_audio_latents`.
    """
    import torch

    audio = torch.from_numpy(reference.at(MODEL_RATE).T.copy())
    if audio.shape[1] < 3 * _EXCERPT:
        audio = audio.repeat(1, -(-3 * _EXCERPT // audio.shape[1]))
    middle = audio.shape[1] // 3
    starts = (0, middle, audio.shape[1] - _EXCERPT)
    return torch.cat([audio[:, start : start + _EXCERPT] for start in starts], dim=1)


def silence(pipe: Pipeline, frames: int, device: str) -> torch.Tensor:
    """Return the latents of silence [shape=(1, frames, channels)], repeated where there are not enough."""
    latent: torch.Tensor = pipe.condition_encoder.silence_latent.to(device, pipe.transformer.dtype)
    repeats = -(-frames // latent.shape[1])
    return (latent.repeat(1, repeats, 1) if repeats > 1 else latent)[:, :frames]


def build_context(
    pipe: Pipeline, placing: Placing, job: Job, source: torch.Tensor | None, quiet: torch.Tensor
) -> torch.Tensor:
    """Return source latents and chunk mask side by side [shape=(1, frames, 2 * channels)].

    `source` are the latents of the source or None, `quiet` those of silence, `frames` long. The mask is 1 where the
    transformer makes new music and 0 where the source stays.
    """
    import torch

    frames = job.latent_frames
    mask = _mask(pipe, job, quiet)
    if job.audio_codes:
        with placing.using(*CODES):
            latents = _decoded_codes(pipe, job.audio_codes, quiet)
    elif source is None:
        latents = quiet
    elif job.task == "cover":
        with placing.using(*CODES):
            latents = _as_codes(pipe, source)[:, :frames]
    elif job.task == "repaint":
        latents = torch.where(mask > 0.5, quiet, source)
    else:
        latents = source
    return torch.cat([latents, mask], dim=-1)


def _mask(pipe: Pipeline, job: Job, quiet: torch.Tensor) -> torch.Tensor:
    start, end = job.region or (0.0, None)
    mask: torch.Tensor = pipe._build_chunk_mask(
        task_type=job.task,
        latent_length=quiet.shape[1],
        batch_size=1,
        device=quiet.device,
        dtype=quiet.dtype,
        acoustic_dim=quiet.shape[2],
        repainting_start=start,
        repainting_end=end,
        has_src_audio=job.source is not None,
    )
    return mask


def _as_codes(pipe: Pipeline, latents: torch.Tensor) -> torch.Tensor:
    """Return the latents as the model's own codes tell them: what is left of a song when its sound is taken away."""
    pool = int(pipe.audio_tokenizer.pool_window_size)
    codes, _ = pipe.audio_tokenizer.tokenize(latents, silence(pipe, pool, str(latents.device)))
    told: torch.Tensor = pipe.audio_token_detokenizer(codes)
    return told


def _decoded_codes(pipe: Pipeline, codes: tuple[int, ...], quiet: torch.Tensor) -> torch.Tensor:
    """Return the codes' latents, with silence behind them or cut to the length of `quiet`."""
    import torch

    indices = torch.tensor(codes, device=quiet.device, dtype=torch.long)[None, :, None]
    quantized = pipe.audio_tokenizer.quantizer.get_output_from_indices(indices).to(quiet.dtype)
    told = pipe.audio_token_detokenizer(quantized)[:, : quiet.shape[1]]
    return torch.cat([told, quiet[:, told.shape[1] :]], dim=1)
