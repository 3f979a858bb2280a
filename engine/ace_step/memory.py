"""What a job needs of the device's memory, reckoned from the model's architecture before anything runs.

Three things fill it: weights; the transformer's activations; the autoencoder's activations, which for one tile are
larger than all of the transformer's. Activations are the tensors that are alive together at the widest point:

- a transformer block on N tokens (12.5 a second) of B sequences holds in its feed-forward part three tensors of the
  intermediate width m and six of the hidden one h, `B N (6 h + 3 m)` numbers; in its attention four of h, queries
  with four float32 copies while positions are turned into them, keys and values; attention kernels keep the scores
  to themselves. Conditions of a usual length are 300 more tokens. Beside it lies the window's mask, N² numbers, for
  whose making N² integers of 8 bytes are alive twice;
- the autoencoder's widest layer has `channels * rate` numbers a second; a residual unit holds `_VAE_LIVE` times that.

Tests hold both against the bytes that are alive while the real classes run, of middling size: they agree to a
quarter. Of the 2B model at 10 s in float32, 18.8 MB were alive in a step, and 22.8 MB are reckoned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from math import ceil
from typing import Any, Protocol

from engine.ace_step.checkpoint import Checkpoint
from engine.errors import EngineFailed

RESERVE_BYTES = 700_000_000
"""For what libraries take aside: workspaces of matrix products and convolutions, and fragments."""
GIGABYTE = 1e9
_VAE_LIVE = 5.4
_TURNED_BYTES = 16
_CONDITION_TOKENS = 300
_MASK_MAKING_BYTES = 18
_HOP = 1920
_LATENTS_PER_TOKEN = 2
_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
_TEXT_TOKENS = 2048 + 256


class NotEnoughMemory(EngineFailed):
    """No way to run a job fits the device's memory."""


class DeviceMemory(Protocol):
    """Tells how much memory new tensors can have."""

    def free_bytes(self, device: str) -> int:
        """Return the bytes that new tensors on `device` can take, those that torch keeps for later included."""


class TorchMemory:
    """Asks torch, and for the CPU the operating system."""

    def free_bytes(self, device: str) -> int:
        """Return the bytes that new tensors on `device` can take."""
        import torch

        if device.startswith("cuda"):
            index = torch.device(device)
            free, _ = torch.cuda.mem_get_info(index)
            return int(free + torch.cuda.memory_reserved(index) - torch.cuda.memory_allocated(index))
        if device.startswith("mps"):
            return int(torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory())
        psutil: Any = import_module("psutil")  # has no types of its own
        return int(psutil.virtual_memory().available)


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether `error` is torch's way of saying that memory is full; on MPS and the CPU only its text tells."""
    import torch

    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in text or "can't allocate memory" in text)


@dataclass(frozen=True, slots=True)
class Shape:
    """A job's size: seconds of music, variations at once, and whether each is computed twice, for guidance."""

    seconds: float
    sequences: int
    guided: bool = False

    @property
    def latent_frames(self) -> int:
        """Its length in latent frames."""
        return ceil(self.seconds * 25)


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a model's architecture says of its memory.

    Attributes:
        weights: bytes of each component.
        block_bytes: of one block of the transformer.
        number_bytes: of one number of weights or activations.
        hidden, intermediate, heads, kv_heads, head_dim: of the transformer.
        encoder_hidden, encoder_intermediate: of the condition encoder.
        vae_width: numbers of the decoder's widest layer for one latent frame.
    """

    weights: Mapping[str, int]
    block_bytes: int
    number_bytes: int
    hidden: int
    intermediate: int
    heads: int
    kv_heads: int
    head_dim: int
    encoder_hidden: int
    encoder_intermediate: int
    vae_width: int

    @property
    def total_weights(self) -> int:
        """Bytes of all components."""
        return sum(self.weights.values())

    def transformer_bytes(self, shape: Shape) -> int:
        """Activations of one step."""
        tokens = ceil(shape.latent_frames / _LATENTS_PER_TOKEN)
        batch = shape.sequences * (2 if shape.guided else 1)
        size, inner = self.number_bytes, self.heads * self.head_dim
        feed_forward = (6 * self.hidden + 3 * self.intermediate) * size
        keys = 2 * self.kv_heads * self.head_dim
        attention = 4 * self.hidden * size + inner * (size + _TURNED_BYTES) + keys * size
        conditions = _CONDITION_TOKENS * (2 * self.hidden + keys) * size
        return _beside_mask(tokens, batch * (tokens * max(feed_forward, attention) + conditions), size)

    def text_bytes(self) -> int:
        """Activations of the condition encoder at the longest lyrics that it takes."""
        wide = _TEXT_TOKENS * (6 * self.encoder_hidden + 3 * self.encoder_intermediate) * self.number_bytes
        return _beside_mask(_TEXT_TOKENS, wide, self.number_bytes)

    def vae_bytes(self, latent_frames: int) -> int:
        """Activations of the autoencoder, both ways, for that many latent frames at once."""
        return int(_VAE_LIVE * self.vae_width * latent_frames * self.number_bytes)


def footprint(checkpoint: Checkpoint, dtype: str) -> Footprint:
    """Return the footprint of a model whose files are known but not loaded."""
    parts = checkpoint.components
    transformer, encoder = parts["transformer"].config, parts["condition_encoder"].config
    number_bytes = _BYTES[dtype]
    first_block = sum(ref.numbers for key, ref in parts["transformer"].tensors.items() if key.startswith("layers.0."))
    return Footprint(
        weights={name: part.numbers * number_bytes for name, part in parts.items()},
        block_bytes=first_block * number_bytes,
        number_bytes=number_bytes,
        hidden=_whole(transformer, "hidden_size", 2048),
        intermediate=_whole(transformer, "intermediate_size", 6144),
        heads=_whole(transformer, "num_attention_heads", 16),
        kv_heads=_whole(transformer, "num_key_value_heads", 8),
        head_dim=_whole(transformer, "head_dim", 128),
        encoder_hidden=_whole(encoder, "hidden_size", 2048),
        encoder_intermediate=_whole(encoder, "intermediate_size", 6144),
        vae_width=_vae_width(parts["vae"].config),
    )


def _beside_mask(tokens: int, layer: int, number_bytes: int) -> int:
    return max(_MASK_MAKING_BYTES * tokens**2, number_bytes * tokens**2 + layer)


def _whole(config: Mapping[str, Any], name: str, default: int) -> int:
    return int(config.get(name, default))


def _vae_width(config: Mapping[str, Any]) -> int:
    """Return the numbers of the autoencoder's widest layer for one latent frame."""
    multiples = [1, *config.get("channel_multiples", (1, 2, 4, 8, 16))]
    channels = max(int(config.get("decoder_channels", 128)), int(config.get("encoder_hidden_size", 128)))
    samples = _HOP
    widest = 0
    for multiple, ratio in zip(multiples, [*config.get("downsampling_ratios", (2, 4, 4, 6, 10)), 1], strict=True):
        widest = max(widest, samples * channels * multiple)
        samples //= ratio
    return widest
