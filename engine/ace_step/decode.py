"""Decodes latents to audio, in tiles that join exactly, at the level that the decoder gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.ace_step.context import HOP
from engine.ace_step.tiles import tiles

if TYPE_CHECKING:
    import torch

    from engine.ace_step.pipeline import Pipeline


def decode(pipe: Pipeline, latents: torch.Tensor, longest: int, report: Callable[[float], None]) -> torch.Tensor:
    """Return audio [shape=(batch, frames * HOP, 2), float32 on the CPU] of latents [shape=(batch, frames, channels)].

    At most `longest` latent frames are decoded at once: short variations as a batch, long ones in tiles. `report` is
    called with the share that is done before each tile, and at the end. Unlike in the pipeline, the audio is not
    normalised.
    """
    import torch

    batch, frames, _ = latents.shape
    together = max(1, min(batch, longest // frames))
    on_cuda = latents.device.type == "cuda"
    audio = torch.empty(batch, frames * HOP, 2, pin_memory=on_cuda)
    for first in range(0, batch, together):
        group = latents[first : first + together].transpose(1, 2)
        for tile in tiles(frames, longest):
            report((first + together * tile.start / frames) / batch)
            decoded = pipe.vae.decode(group[:, :, tile.left : tile.right].to(pipe.vae.dtype)).sample
            kept = decoded[:, :, (tile.start - tile.left) * HOP : (tile.end - tile.left) * HOP]
            # Transposed on the device: on the CPU this takes longer than decoding.
            audio[first : first + together, tile.start * HOP : tile.end * HOP] = (
                kept.float().transpose(1, 2).contiguous()
            )
    report(1.0)
    return audio
