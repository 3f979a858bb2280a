"""Which model runs, from which folder, on what and with which limits: all that the engine is told from outside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.hardware import Offload

Layout = Literal["diffusers", "original"]
DISTILLED_TASKS = ("text2music", "cover", "repaint")
"""What few-step models were trained for, of all tasks."""

TRACKS = (
    "vocals",
    "backing_vocals",
    "drums",
    "bass",
    "guitar",
    "keyboard",
    "percussion",
    "strings",
    "synth",
    "fx",
    "brass",
    "woodwinds",
)
"""What ACE-Step's tasks `extract`, `lego` and `complete` call tracks (diffusers' TRACK_NAMES)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a model's sampler takes.

    Attributes:
        steps: the number it is made for.
        max_steps: more are of no use.
        guidance: whether classifier-free guidance has an effect; it is distilled into the weights of turbo models.
        min_shift, max_shift: the timestep shifts that it was trained on.
    """

    steps: int
    max_steps: int
    guidance: bool
    min_shift: float
    max_shift: float


TURBO = Limits(steps=8, max_steps=20, guidance=False, min_shift=1.0, max_shift=3.0)
BASE = Limits(steps=50, max_steps=150, guidance=True, min_shift=1.0, max_shift=5.0)


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """How one model is to be loaded and run.

    Attributes:
        name: as in the block's `model`.
        folder: where its files lie.
        transformer: in the layout "original", the folder in `folder` that holds the transformer and the encoders.
        device: as torch writes it: "cpu", "cuda", "cuda:1", "mps".
        dtype: of weights and activations: "float32", "bfloat16", "float16".
        tasks: the block's `task` values that the weights were trained for.
        offload: a fixed way to place the weights; None = the best that fits the free memory.
        tile_latents: longest stretch that the decoder takes at once, in latent frames (25 a second); None = as memory
            allows.
        compile: compile the transformer's blocks and record CUDA graphs, off the user's path.
        cache_dir: where compiled kernels are kept between runs; None = torch's own place.
    """

    name: str
    folder: Path
    layout: Layout
    limits: Limits
    transformer: str = ""
    device: str = "cpu"
    dtype: str = "float32"
    tasks: tuple[str, ...] = DISTILLED_TASKS
    offload: Offload | None = None
    tile_latents: int | None = None
    compile: bool = False
    cache_dir: Path | None = None
