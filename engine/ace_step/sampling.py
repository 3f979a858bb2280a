"""Limits the block's `steps`, `cfg` and `shift` to what a model accepts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.ace_step.plan import SamplerLimits
from engine.ace_step.values import number


@dataclass(frozen=True, slots=True)
class SamplerSettings:
    """The values that the sampler runs with.

    Attributes:
        cfg: guidance scale; 1 = none.
        shift: timestep shift s of the flow matching, t' = s t / (1 + (s - 1) t).
        effective_params: the values that run where they differ from the requested ones, by key.
        notices: the reasons, for the user.
    """

    steps: int
    cfg: float
    shift: float
    effective_params: Mapping[str, object] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


def read_sampling(block: Mapping[str, object], limits: SamplerLimits, model: str) -> SamplerSettings:
    """Return the settings that `model` runs for the block.

    A step count above a few-step model's maximum was not meant for such a model (the block's default is 50): the
    model then runs the number of steps that it is made for, not its maximum.

    Raises
    ------
    InvalidValue
        If a value is no number, or outside the block's own range.
    """
    steps = round(number(block, "steps", limits.steps, 1, 150))
    cfg = number(block, "cfg", 4.0, 1, 15)
    shift = number(block, "shift", limits.max_shift, 0, 10)
    effective_params: dict[str, object] = {}
    notices = []
    if steps > limits.max_steps:
        notices.append(f"{model} is a few-step model: it ran {limits.steps} steps instead of {steps}.")
        effective_params["steps"] = steps = limits.steps
    if not limits.guidance and cfg != 1:
        if "cfg" in block:
            effective_params["cfg"] = 1.0
        cfg = 1.0
    limited_shift = min(max(shift, limits.min_shift), limits.max_shift)
    if limited_shift != shift:
        effective_params["shift"] = limited_shift
    return SamplerSettings(steps, cfg, limited_shift, effective_params, tuple(notices))
