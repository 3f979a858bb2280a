"""Memory plans: the ways to run a job on a device, from the fastest to the one that needs least memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.ace_step.checkpoint import CODES
from engine.ace_step.memory import GIGABYTE, RESERVE_BYTES, Footprint, JobSize, NotEnoughMemory
from engine.ace_step.plan import LoadPlan
from engine.hardware import Offload

TILES = (512, 128, 48)
"""The tile lengths of the decoder in latent frames. The smallest is half overlap."""
MPS_TILE = 32
"""The tile length on Apple's MPS, whose convolutions limit the length of their output; the model's authors use it."""


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """One way to run a job.

    Attributes:
        offload: weights stay on the device, or are moved there by component or by transformer block.
        tile: maximum length that the autoencoder takes at once, in latent frames.
        batch: variations that are rendered at once.
        need_bytes: estimated device memory, weights included.
    """

    offload: Offload
    tile: int
    batch: int
    need_bytes: int

    def sentence(self) -> str:
        """Return the sentence that says what is done to save memory, "" if nothing is."""
        if self.offload == "components":
            return "To fit the free memory, the model's parts took turns on the device."
        if self.offload == "blocks":
            return "To fit the free memory, the model was brought to the device block by block, which takes long."
        return ""


def memory_plans(plan: LoadPlan, footprint: Footprint, job: JobSize) -> list[MemoryPlan]:
    """Return every way to run `job` (its `sequences` are the variations), the fastest first.

    On the CPU the weights are always resident: there is no other place to keep them.
    """
    offloads: Sequence[Offload] = ("resident", "components", "blocks")
    if plan.device == "cpu":
        offloads = ("resident",)
    if plan.offload:
        offloads = (plan.offload,)
    tiles = (plan.tile_latents,) if plan.tile_latents else (MPS_TILE,) if plan.device == "mps" else TILES
    batches = sorted({job.sequences, 1}, reverse=True)
    return [
        MemoryPlan(offload, tile, batch, _need(footprint, JobSize(job.seconds, batch, job.guided), offload, tile))
        for offload in offloads
        for batch in batches
        for tile in tiles
    ]


def fitting_plans(plans: Sequence[MemoryPlan], free_bytes: int, model: str) -> list[MemoryPlan]:
    """Return the plans to try in turn: those that fit into `free_bytes`, none needing more than the one before.

    Raises
    ------
    NotEnoughMemory
        If none fits; the sentence says how much is needed and how much is free.
    """
    chosen: list[MemoryPlan] = []
    for candidate in plans:
        if candidate.need_bytes <= free_bytes and (not chosen or candidate.need_bytes <= chosen[-1].need_bytes):
            chosen.append(candidate)
    if not chosen:
        least = min(candidate.need_bytes for candidate in plans)
        raise NotEnoughMemory(
            f"{model} needs at least {least / GIGABYTE:.1f} GB of the device's memory for this, "
            f"and {max(0, free_bytes) / GIGABYTE:.1f} GB are free. "
            "Close other programs that use the GPU, ask for less music, or choose a smaller model."
        )
    return chosen


def _need(footprint: Footprint, job: JobSize, offload: Offload, tile: int) -> int:
    vae = footprint.vae_bytes(min(tile, job.latent_frames * job.sequences))
    denoising = footprint.transformer_bytes(job)
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
