"""Estimates of the device memory that a job needs, from the model's architecture, before anything runs.

The memory holds the weights, the transformer's activations, and the autoencoder's activations, which for one tile are
larger than all of the transformer's. Activations are the tensors that are alive together at the peak:

- a transformer block on N tokens (12.5 a second) of B sequences holds in its feed-forward part three tensors of the
  intermediate width m and six of the hidden width h, `B N (6 h + 3 m)` elements; in its attention four of h, the
  queries with four float32 copies during rotary embedding, and keys and values; attention kernels keep the scores
  internal. Conditions of a typical length add 300 tokens. The window's mask adds N² elements, and while it is made,
  two arrays of N² 8-byte integers are alive;
- the autoencoder's widest layer has `channels * rate` elements a second; a residual unit holds `_VAE_LIVE` times as
  many.

Tests compare both with the bytes that are alive while the real classes run at a medium size: they agree within a
quarter. For the 2B model at 10 s in float32, 18.8 MB were alive in a step, and the estimate is 22.8 MB.
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
"""Memory for the libraries: workspaces of matrix products and convolutions, and fragmentation."""
GIGABYTE = 1e9
_VAE_LIVE = 5.4
_ROTARY_BYTES = 16
_CONDITION_TOKENS = 300
_MASK_MAKING_BYTES = 18
_HOP = 1920
_LATENTS_PER_TOKEN = 2
_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
_TEXT_TOKENS = 2048 + 256


class NotEnoughMemory(EngineFailed):
    """The job fits the device's memory in no way."""


class DeviceMemory(Protocol):
    """Reports the memory that is free for new tensors."""

    def free_bytes(self, device: str) -> int:
        """Return the bytes that new tensors on `device` can take, including those that torch caches."""


class TorchMemory:
    """Reads the free memory from torch, and for the CPU from the operating system."""

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
    """Return whether `error` means that memory is full; on MPS and the CPU only its text says so."""
    import torch

    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in text or "can't allocate memory" in text)


@dataclass(frozen=True, slots=True)
class JobSize:
    """A job's size: seconds of music, variations in one batch, and whether each is computed twice, for guidance."""

    seconds: float
    sequences: int
    guided: bool = False

    @property
    def latent_frames(self) -> int:
        """The length in latent frames."""
        return ceil(self.seconds * 25)


@dataclass(frozen=True, slots=True)
class Footprint:
    """The sizes in a model's architecture that decide its memory.

    Attributes:
        weights: bytes of each component.
        block_bytes: size of one transformer block.
        element_bytes: size of one element of weights or activations.
        hidden, intermediate, heads, kv_heads, head_dim: dimensions of the transformer.
        encoder_hidden, encoder_intermediate: dimensions of the condition encoder.
        vae_width: elements of the autoencoder's widest layer for one latent frame.
    """

    weights: Mapping[str, int]
    block_bytes: int
    element_bytes: int
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
        """The bytes of all components."""
        return sum(self.weights.values())

    def transformer_bytes(self, job: JobSize) -> int:
        """Return the bytes of activations in one step of the sampler."""
        tokens = ceil(job.latent_frames / _LATENTS_PER_TOKEN)
        batch = job.sequences * (2 if job.guided else 1)
        size, inner = self.element_bytes, self.heads * self.head_dim
        feed_forward = (6 * self.hidden + 3 * self.intermediate) * size
        keys = 2 * self.kv_heads * self.head_dim
        attention = 4 * self.hidden * size + inner * (size + _ROTARY_BYTES) + keys * size
        conditions = _CONDITION_TOKENS * (2 * self.hidden + keys) * size
        return _with_mask(tokens, batch * (tokens * max(feed_forward, attention) + conditions), size)

    def text_bytes(self) -> int:
        """Return the bytes of activations in the condition encoder at the longest lyrics that it takes."""
        layer = _TEXT_TOKENS * (6 * self.encoder_hidden + 3 * self.encoder_intermediate) * self.element_bytes
        return _with_mask(_TEXT_TOKENS, layer, self.element_bytes)

    def vae_bytes(self, latent_frames: int) -> int:
        """Return the bytes of activations in the autoencoder, encoding or decoding so many latent frames at once."""
        return int(_VAE_LIVE * self.vae_width * latent_frames * self.element_bytes)


def footprint(checkpoint: Checkpoint, dtype: str) -> Footprint:
    """Return the footprint of a model from the headers of its files."""
    parts = checkpoint.components
    transformer, encoder = parts["transformer"].config, parts["condition_encoder"].config
    element_bytes = _BYTES[dtype]
    first_block = sum(ref.size for key, ref in parts["transformer"].tensors.items() if key.startswith("layers.0."))
    return Footprint(
        weights={name: part.size * element_bytes for name, part in parts.items()},
        block_bytes=first_block * element_bytes,
        element_bytes=element_bytes,
        hidden=_int_of(transformer, "hidden_size", 2048),
        intermediate=_int_of(transformer, "intermediate_size", 6144),
        heads=_int_of(transformer, "num_attention_heads", 16),
        kv_heads=_int_of(transformer, "num_key_value_heads", 8),
        head_dim=_int_of(transformer, "head_dim", 128),
        encoder_hidden=_int_of(encoder, "hidden_size", 2048),
        encoder_intermediate=_int_of(encoder, "intermediate_size", 6144),
        vae_width=_vae_width(parts["vae"].config),
    )


def _with_mask(tokens: int, layer: int, element_bytes: int) -> int:
    return max(_MASK_MAKING_BYTES * tokens**2, element_bytes * tokens**2 + layer)


def _int_of(config: Mapping[str, Any], name: str, default: int) -> int:
    return int(config.get(name, default))


def _vae_width(config: Mapping[str, Any]) -> int:
    """Return the elements of the autoencoder's widest layer for one latent frame."""
    multiples = [1, *config.get("channel_multiples", (1, 2, 4, 8, 16))]
    channels = max(int(config.get("decoder_channels", 128)), int(config.get("encoder_hidden_size", 128)))
    samples = _HOP
    widest = 0
    for multiple, ratio in zip(multiples, [*config.get("downsampling_ratios", (2, 4, 4, 6, 10)), 1], strict=True):
        widest = max(widest, samples * channels * multiple)
        samples //= ratio
    return widest
