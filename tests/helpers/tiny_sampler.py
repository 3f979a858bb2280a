"""Runs the sampler of a tiny pipeline on fixed inputs."""

from __future__ import annotations

from typing import Any

import torch

from engine.ace_step.denoise import Conditioning, denoise
from engine.ace_step.sampling import SamplerSettings
from tests.helpers.tiny_ace_step import LATENTS


def conditioning(frames: int = 250) -> Conditioning:
    """Return the same condition and context for every call with so many latent frames."""
    generator = torch.Generator().manual_seed(1)
    states = torch.randn(1, 20, 32, generator=generator)
    return Conditioning(states, None, torch.randn(1, frames, 2 * LATENTS, generator=generator))


def latents(pipe: Any, frames: int = 250, batch: int = 1, forward: Any = None) -> Any:  # noqa: ANN401
    """Return the latents after two steps from fixed noise."""
    noise = torch.randn(batch, frames, LATENTS, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        return denoise(pipe, conditioning(frames), noise, SamplerSettings(2, 1.0, 3.0), lambda _step: None, forward)
