"""An attention processor that keeps torch on its fused CUDA kernels.

Half of the transformer's layers attend to a window, given as a mask. torch's fused kernels take either a mask or
fewer key heads than query heads, but not both, and otherwise fall back to writing out the scores of all heads: at
240 s of music half a gigabyte a layer. Repeating the key heads first costs a hundredth of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


class FusedAttention:
    """Computes what diffusers' `AceStepAttnProcessor2_0` does, but repeats the key and value heads under a mask."""

    def __call__(
        self,
        attn: Any,  # noqa: ANN401  (diffusers' AceStepAttention)
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        image_rotary_emb: tuple[torch.Tensor, torch.Tensor] | None = None,
    ) -> torch.Tensor:
        """Return the attention's output, of the shape of `hidden_states`."""
        from torch.nn.functional import scaled_dot_product_attention

        is_cross = attn.is_cross_attention and encoder_hidden_states is not None
        attended = encoder_hidden_states if is_cross else hidden_states
        query = attn.norm_q(attn.to_q(hidden_states).unflatten(-1, (attn.heads, attn.head_dim)))
        key = attn.norm_k(attn.to_k(attended).unflatten(-1, (attn.kv_heads, attn.head_dim)))
        value = attn.to_v(attended).unflatten(-1, (attn.kv_heads, attn.head_dim))
        if not is_cross and image_rotary_emb is not None:
            query, key = _rotated(query, image_rotary_emb), _rotated(key, image_rotary_emb)
        grouped = attn.heads != attn.kv_heads
        if grouped and attention_mask is not None:
            key, value = (part.repeat_interleave(attn.heads // attn.kv_heads, dim=2) for part in (key, value))
            grouped = False
        result = scaled_dot_product_attention(
            query.transpose(1, 2),
            key.transpose(1, 2),
            value.transpose(1, 2),
            attn_mask=attention_mask,
            scale=attn.scaling,
            enable_gqa=grouped,
        )
        joined: torch.Tensor = attn.to_out[0](result.transpose(1, 2).flatten(2, 3).to(query.dtype))
        return joined


def _rotated(heads: torch.Tensor, angles: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """Return queries or keys with the rotary position embedding applied."""
    from diffusers.models.embeddings import apply_rotary_emb

    rotate: Any = apply_rotary_emb
    rotated: torch.Tensor = rotate(heads, angles, use_real=True, use_real_unbind_dim=-2, sequence_dim=1)
    return rotated


def use_fused_attention(transformer: Any) -> None:  # noqa: ANN401
    """Make `FusedAttention` the processor of every attention of the transformer."""
    for block in transformer.layers:
        block.self_attn.processor = FusedAttention()
        block.cross_attn.processor = FusedAttention()
