"""The block's `lyrics_strength`: a bias on the attention that the music pays to the lyrics.

The logarithm of the strength is added to the logits of the lyric tokens in the transformer's cross-attention, so that
each weighs `strength` times as much against the other tokens. Whatever the strength, the result stays in the range
of the attention; scaling the lyrics' encoding, the hosted service's rule for the older model, hardly moves this one's
attention, which normalises its keys. At 1 the transformer runs unchanged.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

    from engine.ace_step.pipeline import Pipeline


@contextmanager
def lyrics_bias(pipe: Pipeline, strength: float, lyric_tokens: int, states: torch.Tensor) -> Iterator[None]:
    """Bias the attention to the first `lyric_tokens` of `states` [shape=(1, tokens, channels)] in the `with` block.

    Under guidance it does not affect the unconditioned half, whose tokens are all the same.
    """
    if strength == 1.0:
        yield
        return
    bias = states.new_zeros(1, 1, 1, states.shape[1])
    bias[..., :lyric_tokens] = math.log(strength)
    hooks = [
        block.cross_attn.register_forward_pre_hook(_mask_hook(bias), with_kwargs=True)
        for block in pipe.transformer.layers
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _mask_hook(bias: torch.Tensor) -> Any:  # noqa: ANN401  (a forward pre-hook of torch)
    def add_mask(_module: object, args: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:  # noqa: ANN401
        queries = kwargs["hidden_states"]
        return args, kwargs | {"attention_mask": bias.expand(queries.shape[0], 1, queries.shape[1], -1)}

    return add_mask
