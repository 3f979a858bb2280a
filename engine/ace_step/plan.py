"""Load plans: the model, its folder, device and limits, which is all that the engine is given from outside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.hardware import Offload

CheckpointLayout = Literal["diffusers", "original"]
DISTILLED_TASKS = ("text2music", "cover", "repaint")
"""The tasks that few-step models were trained for."""

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
"""The track names of ACE-Step's tasks `extract`, `lego` and `complete` (diffusers' TRACK_NAMES)."""


@dataclass(frozen=True, slots=True)
class SamplerLimits:
    """The values that a model's sampler accepts.

    Attributes:
        steps: number of steps that the model is made for.
        max_steps: greatest useful number of steps.
        guidance: True if classifier-free guidance has an effect; it is distilled into the weights of turbo models.
        min_shift, max_shift: the range of timestep shifts that it was trained on.
        cfg, shift: its own values, where nobody asks for others.
        shifts: the single shifts that it was distilled on; empty = all of the range.
    """

    steps: int
    max_steps: int
    guidance: bool
    min_shift: float
    max_shift: float
    cfg: float = 1.0
    shift: float = 1.0
    shifts: tuple[float, ...] = ()

    def nearest_shift(self, shift: float) -> float:
        """Return the shift nearest to `shift` that the model was trained on."""
        if self.shifts:
            return min(self.shifts, key=lambda known: (abs(known - shift), known))
        return min(max(shift, self.min_shift), self.max_shift)


TURBO = SamplerLimits(8, 20, guidance=False, min_shift=1.0, max_shift=3.0, shift=3.0, shifts=(1.0, 2.0, 3.0))
BASE = SamplerLimits(50, 150, guidance=True, min_shift=1.0, max_shift=5.0, cfg=7.0)


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """Everything needed to load and run one model.

    Attributes:
        name: as in the block's `model`.
        folder: its files.
        transformer: in the layout "original", the folder in `folder` that holds the transformer and the encoders.
        device: as torch writes it: "cpu", "cuda", "cuda:1", "mps".
        dtype: of weights and activations: "float32", "bfloat16", "float16".
        tasks: the block's `task` values that the weights were trained for.
        offload: fixed placement of the weights; None = the best that fits the free memory.
        tile_latents: maximum length that the decoder takes at once, in latent frames (25 a second); None = as memory
            allows.
        compile: compile the transformer's blocks in the background, and record CUDA graphs.
        cache_dir: folder that keeps compiled kernels between runs; None = torch's default.
    """

    name: str
    folder: Path
    layout: CheckpointLayout
    limits: SamplerLimits
    transformer: str = ""
    device: str = "cpu"
    dtype: str = "float32"
    tasks: tuple[str, ...] = DISTILLED_TASKS
    offload: Offload | None = None
    tile_latents: int | None = None
    compile: bool = False
    cache_dir: Path | None = None
