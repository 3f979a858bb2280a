from __future__ import annotations

from typing import Any

import pytest

from engine.ace_step.denoise import Conditioning, denoise
from engine.ace_step.sampling import SamplerSettings
from tests.helpers.tiny_ace_step import LATENTS, tiny_pipeline

torch = pytest.importorskip("torch")


def conditioning(frames: int = 250) -> Conditioning:
    generator = torch.Generator().manual_seed(1)
    states = torch.randn(1, 20, 32, generator=generator)
    return Conditioning(states, None, torch.randn(1, frames, 2 * LATENTS, generator=generator))


def latents(pipe: Any, frames: int = 250, batch: int = 1, forward: Any = None) -> Any:  # noqa: ANN401
    noise = torch.randn(batch, frames, LATENTS, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        return denoise(pipe, conditioning(frames), noise, SamplerSettings(2, 1.0, 3.0), lambda _step: None, forward)


def test_fused_attention_is_the_same_attention() -> None:
    from engine.ace_step.attention import use_fused_attention

    pipe = tiny_pipeline()
    wanted = latents(pipe, batch=2)
    use_fused_attention(pipe.transformer)
    assert (latents(pipe, batch=2) - wanted).abs().max() < 1e-5 * wanted.abs().max()
