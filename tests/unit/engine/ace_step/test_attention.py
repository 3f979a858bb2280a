from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.tiny_ace_step import tiny_pipeline

torch = pytest.importorskip("torch")

from engine.ace_step.attention import FusedAttention, use_fused_attention  # noqa: E402
from tests.helpers.tiny_sampler import latents  # noqa: E402


def test_fused_attention_is_the_same_attention() -> None:
    pipe = tiny_pipeline()
    plain = latents(pipe, batch=2)
    use_fused_attention(pipe.transformer)
    assert (latents(pipe, batch=2) - plain).abs().max() < 1e-5 * plain.abs().max()


def test_every_attention_of_the_transformer_uses_it() -> None:
    pipe = tiny_pipeline()
    use_fused_attention(pipe.transformer)
    for block in pipe.transformer.layers:
        assert isinstance(block.self_attn.processor, FusedAttention)
        assert isinstance(block.cross_attn.processor, FusedAttention)


@pytest.mark.parametrize("masked", [True, False])
def test_key_heads_are_repeated_under_a_mask_only(monkeypatch: pytest.MonkeyPatch, masked: bool) -> None:
    """Kernels take a mask or fewer key heads, never both; either way the result is that of plain attention."""
    calls: list[tuple[int, bool]] = []
    attention = torch.nn.functional.scaled_dot_product_attention

    def recorded(query: Any, key: Any, value: Any, **more: Any) -> Any:  # noqa: ANN401
        calls.append((key.shape[1], more["enable_gqa"]))
        return attention(query, key, value, **more)

    block = tiny_pipeline().transformer.layers[0].self_attn
    states = torch.randn(1, 6, 32, generator=torch.Generator().manual_seed(1))
    mask = torch.zeros(1, 1, 6, 6) if masked else None
    with torch.no_grad():
        plain = block(states, attention_mask=mask)
        block.processor = FusedAttention()
        monkeypatch.setattr(torch.nn.functional, "scaled_dot_product_attention", recorded)
        assert torch.allclose(block(states, attention_mask=mask), plain, atol=1e-6)
    assert calls == [(block.heads, False) if masked else (block.kv_heads, True)]
