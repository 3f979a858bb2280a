"""Builds the transformer's context: source, silence or audio codes, and the mask of the frames to generate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.ace_step.checkpoint import CODES
from engine.ace_step.device_placement import DevicePlacement
from engine.ace_step.job import LATENTS_PER_SECOND, RenderJob
from engine.ace_step.sources import MODEL_RATE, SourceAudio
from engine.ace_step.tiles import tiles

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from engine.ace_step.pipeline import Pipeline

HOP = MODEL_RATE // LATENTS_PER_SECOND
"""The number of audio frames in one latent frame."""
TIMBRE_S = 30
"""The length of latents, in seconds, that the timbre encoder was trained on."""
_EXCERPT = 10 * MODEL_RATE


def encode_audio(pipe: Pipeline, audio: torch.Tensor, longest: int, report: Callable[[], None]) -> torch.Tensor:
    """Return the latents [shape=(1, frames, channels)] of stereo audio [shape=(2, frames * HOP)].

    The mean of the encoder's distribution is used, not a sample: a sample would come from torch's global generator,
    and a task with source audio could not be reproduced by its seed. `longest` is the maximum length of a tile, in
    latent frames; `report` is called before each tile.
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
    """Return the source at the model's rate [shape=(2, frames * HOP)], padded with silence or cut at the end."""
    import torch

    audio = source.at(MODEL_RATE)
    result = torch.zeros(2, frames * HOP)
    kept = min(audio.shape[0], result.shape[1])
    result[:, :kept] = torch.from_numpy(audio[:kept].T)
    return result


def timbre_excerpt(reference: SourceAudio) -> torch.Tensor:
    """Return 30 s of the reference [shape=(2, 30 * MODEL_RATE)]: 10 s each from its beginning, middle and end.

    A shorter reference is repeated. The same as diffusers' `prepare_reference_audio_latents`.
    """
    import torch

    audio = torch.from_numpy(reference.at(MODEL_RATE).T.copy())
    if audio.shape[1] < 3 * _EXCERPT:
        audio = audio.repeat(1, -(-3 * _EXCERPT // audio.shape[1]))
    middle = audio.shape[1] // 3
    starts = (0, middle, audio.shape[1] - _EXCERPT)
    return torch.cat([audio[:, start : start + _EXCERPT] for start in starts], dim=1)


def silence(pipe: Pipeline, frames: int, device: str) -> torch.Tensor:
    """Return the latents of silence [shape=(1, frames, channels)], repeated if the model has fewer."""
    latent: torch.Tensor = pipe.condition_encoder.silence_latent.to(device, pipe.transformer.dtype)
    repeats = -(-frames // latent.shape[1])
    return (latent.repeat(1, repeats, 1) if repeats > 1 else latent)[:, :frames]


def build_context(
    pipe: Pipeline, placement: DevicePlacement, job: RenderJob, source: torch.Tensor | None, silent: torch.Tensor
) -> torch.Tensor:
    """Return source latents and chunk mask side by side [shape=(1, frames, 2 * channels)].

    `source` holds the latents of the source, or is None; `silent` holds those of silence, `frames` long. The mask is
    1 where the transformer makes new music and 0 where the source stays.
    """
    import torch

    frames = job.latent_frames
    mask = _mask(pipe, job, silent)
    if job.audio_codes:
        with placement.using(*CODES):
            latents = _decoded_codes(pipe, job.audio_codes, silent)
    elif source is None:
        latents = silent
    elif job.task == "cover":
        with placement.using(*CODES):
            latents = _as_codes(pipe, source)[:, :frames]
    elif job.task == "repaint":
        latents = torch.where(mask > 0.5, silent, source)
    else:
        latents = source
    return torch.cat([latents, mask], dim=-1)


def _mask(pipe: Pipeline, job: RenderJob, silent: torch.Tensor) -> torch.Tensor:
    start, end = job.region or (0.0, None)
    mask: torch.Tensor = pipe._build_chunk_mask(
        task_type=job.task,
        latent_length=silent.shape[1],
        batch_size=1,
        device=silent.device,
        dtype=silent.dtype,
        acoustic_dim=silent.shape[2],
        repainting_start=start,
        repainting_end=end,
        has_src_audio=job.source is not None,
    )
    return mask


def _as_codes(pipe: Pipeline, latents: torch.Tensor) -> torch.Tensor:
    """Return the latents after a round trip through the model's audio codes, which keep a song but not its sound."""
    pool = int(pipe.audio_tokenizer.pool_window_size)
    codes, _ = pipe.audio_tokenizer.tokenize(latents, silence(pipe, pool, str(latents.device)))
    decoded: torch.Tensor = pipe.audio_token_detokenizer(codes)
    return decoded


def _decoded_codes(pipe: Pipeline, codes: tuple[int, ...], silent: torch.Tensor) -> torch.Tensor:
    """Return the latents of the codes, padded with silence or cut to the length of `silent`."""
    import torch

    indices = torch.tensor(codes, device=silent.device, dtype=torch.long)[None, :, None]
    quantized = pipe.audio_tokenizer.quantizer.get_output_from_indices(indices).to(silent.dtype)
    decoded = pipe.audio_token_detokenizer(quantized)[:, : silent.shape[1]]
    return torch.cat([decoded, silent[:, decoded.shape[1] :]], dim=1)
