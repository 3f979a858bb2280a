"""Attention that keeps to fused kernels on CUDA.

Half of the transformer's layers see a window, told by a mask. torch's fused kernels take either a mask or fewer heads
of keys than of queries, but not both, and fall back to writing out the scores of all heads: at 240 s of music half a
gigabyte a layer. Repeating the keys' heads first costs a hundredth of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


class FusedAttention:
    """Does what diffusers' `AceStepAttnProcessor2_0` does, but repeats the heads of keys and values under a mask."""

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
        heard = encoder_hidden_states if is_cross else hidden_states
        query = attn.norm_q(attn.to_q(hidden_states).unflatten(-1, (attn.heads, attn.head_dim)))
        key = attn.norm_k(attn.to_k(heard).unflatten(-1, (attn.kv_heads, attn.head_dim)))
        value = attn.to_v(heard).unflatten(-1, (attn.kv_heads, attn.head_dim))
        if not is_cross and image_rotary_emb is not None:
            query, key = _turned(query, image_rotary_emb), _turned(key, image_rotary_emb)
        grouped = attn.heads != attn.kv_heads
        if grouped and attention_mask is not None:
            key, value = (part.repeat_interleave(attn.heads // attn.kv_heads, dim=2) for part in (key, value))
            grouped = False
        made = scaled_dot_product_attention(
            query.transpose(1, 2),
            key.transpose(1, 2),
            value.transpose(1, 2),
            attn_mask=attention_mask,
            scale=attn.scaling,
            enable_gqa=grouped,
        )
        joined: torch.Tensor = attn.to_out[0](made.transpose(1, 2).flatten(2, 3).to(query.dtype))
        return joined


def _turned(heads: torch.Tensor, angles: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """Return queries or keys with their positions turned into them."""
    from diffusers.models.embeddings import apply_rotary_emb

    turn: Any = apply_rotary_emb
    turned: torch.Tensor = turn(heads, angles, use_real=True, use_real_unbind_dim=-2, sequence_dim=1)
    return turned


def use_fused_attention(transformer: Any) -> None:  # noqa: ANN401
    """Let every attention of the transformer run through `FusedAttention`."""
    for block in transformer.layers:
        block.self_attn.processor = FusedAttention()
        block.cross_attn.processor = FusedAttention()
