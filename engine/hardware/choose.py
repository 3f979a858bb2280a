"""Picks a model and its offload mode by the free memory of a device: plain arithmetic, no torch.

A model that fits whole into the device's memory is preferred to everything else, so the best one that fits is taken.
If none fits, the smallest one runs with its components taking turns on the device, or at last block by block.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.errors import EngineUnavailable, InvalidValue
from engine.hardware.device import Device, Dtype
from engine.models.catalogue import ModelEntry
from engine.models.installed_models import not_installed

Offload = Literal["resident", "components", "blocks"]
"""The part of a model on the device: all of it; the component in use; one block of the transformer at a time."""

BASE_BYTES = 1_500_000_000
"""For the GPU context and the transformer's activations at 240 s."""
BLOCK_BYTES = 600_000_000
"""The largest single layer, the text encoder's vocabulary, with its copy on the way."""
LATENT_BYTES = 2_000_000
"""One latent frame in the VAE's last decoder block: 1,920 samples × 128 channels × 2 bytes, four of them alive."""
TILES = (1024, 512, 256, 128)
MPS_TILE = 32
"""Apple's convolutions have an output limit; upstream decodes 32 latent frames at a time there."""
AUTO = ("", "auto")


@dataclass(frozen=True, slots=True)
class Choice:
    """A model and how to run it.

    Attributes:
        model: name in the catalogue.
        tile_latents: length of the VAE's tiles in latent frames, 25 a second.
        needed_bytes: estimated memory on the device, up to 240 s and one variation.
        reason: one sentence for the user.
    """

    model: str
    dtype: Dtype
    offload: Offload
    tile_latents: int
    needed_bytes: int
    reason: str


def choose_model(
    device: Device, installed: Sequence[ModelEntry], wanted: str = "auto", task: str = "text2music"
) -> Choice:
    """Return the choice for `task` on `device` among the `installed` models, or with the model `wanted` only.

    `installed` is in order of preference, as the catalogue is.

    Raises
    ------
    EngineUnavailable
        If the model is not installed, none can do the task, or the device has too little memory free for any.
    InvalidValue
        If the model `wanted` cannot do the task.
    """
    candidates = _candidates(installed, wanted, task)
    by_size = sorted(candidates, key=lambda entry: entry.resident_bytes)
    ways: tuple[Offload, ...] = ("resident", "components", "blocks") if device.has_own_memory else ("resident",)
    for offload in ways:
        # On a CPU, and when weights move between memories, time depends on the size alone.
        best_first = candidates if offload == "resident" and device.kind != "cpu" else by_size
        for entry in best_first:
            for tile in TILES if device.kind != "mps" else (MPS_TILE,):
                needed = needed_bytes(entry, device.dtype, offload, tile)
                if needed <= device.free_bytes:
                    reason = _reason(device, entry, offload, wanted not in AUTO)
                    return Choice(entry.name, device.dtype, offload, tile, needed, reason)
    raise _too_little(device, by_size[0], ways[-1])


def recommend_model(device: Device, known: Iterable[ModelEntry]) -> Choice:
    """Return the choice if every music model were installed: the one to download.

    Raises
    ------
    EngineUnavailable
        If the device has too little memory free for any.
    """
    return choose_model(device, [entry for entry in known if entry.kind == "music"])


def needed_bytes(entry: ModelEntry, dtype: Dtype, offload: Offload, tile_latents: int) -> int:
    """Return an estimate of the device memory that a run takes at its peak."""
    weights = {"resident": entry.resident_bytes, "components": entry.largest_bytes, "blocks": BLOCK_BYTES}[offload]
    scale = 2 if dtype == "float32" else 1
    return BASE_BYTES + scale * (weights + tile_latents * LATENT_BYTES)


def _candidates(installed: Sequence[ModelEntry], wanted: str, task: str) -> list[ModelEntry]:
    music = [entry for entry in installed if entry.kind == "music"]
    if wanted in AUTO:
        able = [entry for entry in music if task in entry.tasks]
        if not able:
            raise EngineUnavailable(
                f"No installed model can do the task {task}; see `stembridge models list` for one that can."
                if music
                else "No music model is installed; see `stembridge models list`."
            )
        return able
    chosen = next((entry for entry in music if entry.name == wanted), None)
    if chosen is None:
        raise not_installed(wanted)
    if task not in chosen.tasks:
        raise InvalidValue("task", task, f"{' or '.join(chosen.tasks)} with the model {chosen.name}")
    return [chosen]


def _reason(device: Device, entry: ModelEntry, offload: Offload, was_wanted: bool) -> str:
    free = f"the {device.free_bytes / 1e9:.1f} GB free on {device.name}"
    who = f"{entry.label}, as asked for" if was_wanted else f"{entry.label}"
    if device.kind == "cpu":
        return f"{who}: there is no GPU, so the smallest model runs on the CPU, which takes minutes."
    if offload == "resident":
        which = "it fits" if was_wanted else "the best one that fits"
        return f"{who}: {which} whole into {free}."
    how = "its parts take turns there" if offload == "components" else "its blocks go there one by one, which is slow"
    return f"{who}: too large for {free} as a whole, so {how}."


def _too_little(device: Device, smallest: ModelEntry, way: Offload) -> EngineUnavailable:
    tile = MPS_TILE if device.kind == "mps" else TILES[-1]
    needed = needed_bytes(smallest, device.dtype, way, tile)
    return EngineUnavailable(
        f"{smallest.label} needs {needed / 1e9:.1f} GB and {device.name} has {device.free_bytes / 1e9:.1f} GB free; "
        "close programs that use its memory, or choose a smaller model."
    )
