"""Ways to run a job on a device, from the fastest to the one that needs least memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.ace_step.checkpoint import CODES
from engine.ace_step.memory import GIGABYTE, RESERVE_BYTES, Footprint, NotEnoughMemory, Shape
from engine.ace_step.plan import LoadPlan
from engine.hardware import Offload

TILES = (512, 128, 48)
"""Latent frames that the decoder takes at once. The smallest is half overlap."""
MPS_TILE = 32
"""Apple's convolutions have a limit to the length of what they put out; the model's authors use this there."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to run a job.

    Attributes:
        tile: longest stretch that the autoencoder takes, in latent frames.
        together: variations that are made at once.
        need_bytes: of the device's memory, weights included.
    """

    offload: Offload
    tile: int
    together: int
    need_bytes: int

    def sentence(self) -> str:
        """Say what is done to save memory, "" where nothing is."""
        if self.offload == "components":
            return "To fit the free memory, the model's parts took turns on the device."
        if self.offload == "blocks":
            return "To fit the free memory, the model was brought to the device block by block, which takes long."
        return ""


def ways(plan: LoadPlan, footprint: Footprint, shape: Shape) -> list[Way]:
    """Return every way to run `shape` (its `sequences` are the variations), the fastest first.

    On the CPU there is nowhere else to keep weights, so they are resident.
    """
    offloads: Sequence[Offload] = ("resident", "components", "blocks")
    if plan.device == "cpu":
        offloads = ("resident",)
    if plan.offload:
        offloads = (plan.offload,)
    tiles = (plan.tile_latents,) if plan.tile_latents else (MPS_TILE,) if plan.device == "mps" else TILES
    counts = sorted({shape.sequences, 1}, reverse=True)
    return [
        Way(offload, tile, together, _need(footprint, Shape(shape.seconds, together, shape.guided), offload, tile))
        for offload in offloads
        for together in counts
        for tile in tiles
    ]


def fitting(all_ways: Sequence[Way], free_bytes: int, model: str) -> list[Way]:
    """Return the ways that fit into `free_bytes`, none of which needs more than the one before: what to try in turn.

    Raises
    ------
    NotEnoughMemory
        If none fits; the sentence says what is needed and what is free.
    """
    chosen: list[Way] = []
    for way in all_ways:
        if way.need_bytes <= free_bytes and (not chosen or way.need_bytes <= chosen[-1].need_bytes):
            chosen.append(way)
    if not chosen:
        least = min(way.need_bytes for way in all_ways)
        raise NotEnoughMemory(
            f"{model} needs at least {least / GIGABYTE:.1f} GB of the device's memory for this, "
            f"and {max(0, free_bytes) / GIGABYTE:.1f} GB are free. "
            "Close other programs that use the GPU, ask for less music, or choose a smaller model."
        )
    return chosen


def _need(footprint: Footprint, shape: Shape, offload: Offload, tile: int) -> int:
    together = min(tile, shape.latent_frames * shape.sequences)
    vae = footprint.vae_bytes(together)
    denoising = footprint.transformer_bytes(shape)
    text = footprint.text_bytes()
    if offload == "resident":
        return RESERVE_BYTES + footprint.total_weights + max(vae, denoising, text)
    weights = footprint.weights
    transformer = weights["transformer"]
    if offload == "blocks":
        layers = max(0, transformer // footprint.block_bytes) * footprint.block_bytes
        transformer = transformer - layers + 2 * footprint.block_bytes
    codes = sum(weights.get(name, 0) for name in CODES)
    encoding = max(weights["text_encoder"], weights["condition_encoder"], codes) + text
    return RESERVE_BYTES + max(transformer + denoising, encoding, weights["vae"] + vae)
