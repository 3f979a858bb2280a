"""Settles the block's `steps`, `cfg` and `shift` for one model: its own values where nobody asked for others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.ace_step.plan import SamplerLimits
from engine.ace_step.values import number
from engine.models.catalogue import ModelEntry


@dataclass(frozen=True, slots=True)
class SamplerSettings:
    """The values that the sampler runs with.

    Attributes:
        cfg: guidance scale; 1 = none.
        shift: timestep shift s of the flow matching, t' = s t / (1 + (s - 1) t).
        effective_params: the values that the model decided or changed, by key.
        notices: one sentence for each value that was asked for and does not run as it is.
    """

    steps: int
    cfg: float
    shift: float
    effective_params: Mapping[str, object] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


def limits_of(entry: ModelEntry) -> SamplerLimits:
    """Return the sampler's limits and own values of a music model of the catalogue."""
    sampling = entry.sampling
    assert sampling is not None  # the catalogue's reader checks that every music model has it
    return SamplerLimits(
        steps=sampling.steps,
        max_steps=sampling.max_steps,
        guidance=sampling.cfg is not None,
        min_shift=sampling.min_shift,
        max_shift=sampling.max_shift,
        cfg=sampling.cfg or 1.0,
        shift=sampling.shift,
        shifts=sampling.shifts,
    )


def read_sampling(
    block: Mapping[str, object],
    limits: SamplerLimits,
    model: str,
    filled_in: frozenset[str] = frozenset(),
) -> SamplerSettings:
    """Return the settings that `model` runs for the block.

    A step count above a few-step model's maximum was not meant for such a model: the model then runs the number of
    steps that it is made for, not its maximum. Of the keys `filled_in`, which nobody asked for, those that do not fit
    the model give way to its own values without a notice.

    Raises
    ------
    InvalidValue
        If a value is no number, or outside the block's own range.
    """
    asked = {
        "steps": float(round(number(block, "steps", limits.steps, 1, 150))),
        "cfg": number(block, "cfg", limits.cfg, 1, 15),
        "shift": number(block, "shift", limits.shift, 0, 10),
    }
    runs, reasons = _fitted(asked, limits, model)
    own = {"steps": float(limits.steps), "cfg": limits.cfg, "shift": limits.shift}
    notices = []
    for name, reason in reasons.items():
        if name in filled_in:
            runs[name] = own[name]
        elif name in block:
            notices.append(reason)
    values: dict[str, object] = {"steps": round(runs["steps"]), "cfg": runs["cfg"], "shift": runs["shift"]}
    if not limits.guidance and "cfg" not in block:
        del values["cfg"]  # such a model has none
    effective_params = {
        name: value for name, value in values.items() if name not in block or runs[name] != asked[name]
    }
    return SamplerSettings(round(runs["steps"]), runs["cfg"], runs["shift"], effective_params, tuple(notices))


def _fitted(asked: Mapping[str, float], limits: SamplerLimits, model: str) -> tuple[dict[str, float], dict[str, str]]:
    """Return the values that can run, and the reason for each that is another one than asked."""
    runs, reasons = dict(asked), {}
    if asked["steps"] > limits.max_steps:
        runs["steps"] = limits.steps
        reasons["steps"] = (
            f"{model} is a few-step model: it ran {limits.steps} steps instead of {asked['steps']:g}; "
            f"1–{limits.max_steps} can be asked of it."
        )
    if not limits.guidance and asked["cfg"] != 1:
        runs["cfg"] = 1.0
        reasons["cfg"] = f"{model} has its guidance built in: cfg {asked['cfg']:g} has no effect on it."
    runs["shift"] = limits.nearest_shift(asked["shift"])
    if runs["shift"] != asked["shift"]:
        known = ", ".join(f"{shift:g}" for shift in limits.shifts) or f"{limits.min_shift:g}–{limits.max_shift:g}"
        reasons["shift"] = (
            f"{model} was trained on the shifts {known}: it ran {runs['shift']:g} instead of {asked['shift']:g}."
        )
    return runs, reasons
