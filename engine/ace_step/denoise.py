"""From noise to latents: the pipeline's sampler without what makes the host wait for the device.

Every value is computed by the same expressions as in `AceStepPipeline.__call__`, so the same noise gives the same
bits. What differs: times and step sizes are laid out before the loop (the pipeline reads each one back from the
device), the guidance's inputs are stacked once, and the host may run ahead of the device, by two steps at most, so
that a cancelled job stops within them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.ace_step.sampling import Sampling

if TYPE_CHECKING:
    import torch

    from engine.ace_step.pipeline import Pipeline

    Forward = Callable[..., tuple[torch.Tensor, ...]]

_AHEAD = 2
_APG_MOMENTUM = -0.75
_APG_NORM = 2.5


@dataclass(frozen=True, slots=True)
class Told:
    """What the transformer is told at every step.

    Attributes:
        states: the encoded condition [shape=(1, tokens, channels)].
        null: the learned "no condition", of the same shape; None without guidance.
        context: [shape=(1, frames, 2 * channels)].
    """

    states: torch.Tensor
    null: torch.Tensor | None
    context: torch.Tensor


def make_noise(seeds: Sequence[int], frames: int, channels: int, device: str, dtype: torch.dtype) -> torch.Tensor:
    """Return noise [shape=(len(seeds), frames, channels)], each seed's own.

    Drawn on the CPU in float32, so that a seed means the same noise on every device and in every dtype.
    """
    import torch

    shape = (1, frames, channels)
    drawn = [torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed)) for seed in seeds]
    return torch.cat(drawn).to(device=device, dtype=dtype)


def schedule(sampling: Sampling) -> torch.Tensor:
    """Return the times at which the transformer is asked and the end, 0 [shape=(steps + 1,), float32 on the CPU]."""
    import torch

    linear = torch.linspace(1.0, 0.0, sampling.steps + 1, dtype=torch.float32)
    if sampling.shift == 1.0:
        return linear
    return sampling.shift * linear / (1 + (sampling.shift - 1) * linear)


def denoise(
    pipe: Pipeline,
    told: Told,
    noise: torch.Tensor,
    sampling: Sampling,
    report: Callable[[int], None],
    forward: Forward | None = None,
) -> torch.Tensor:
    """Return latents of the shape of `noise`.

    `report` is called with the number of steps that are under way before each step and at the end; what it raises
    ends the loop. `forward` stands in for the transformer's own, with the same arguments.
    """
    import torch

    times = schedule(sampling)
    on_device = times.to(noise.device)
    steps_dt = on_device[1:] - on_device[:-1]
    batch = noise.shape[0]
    velocity = _Velocity(told, batch, sampling, forward or pipe.transformer)
    pace = _Pace(noise.device)
    x = noise
    for step in range(sampling.steps):
        report(step)
        t = float(times[step]) * torch.ones((batch,), device=noise.device, dtype=noise.dtype)
        v = velocity(x, t)
        # FlowMatchEulerDiscreteScheduler.step: sum in float32, back in the velocity's dtype.
        x = (x.to(torch.float32) + steps_dt[step] * v).to(v.dtype)
        pace.wait()
    report(sampling.steps)
    return x


class _Velocity:
    """The direction in which a step goes: the transformer's answer, guided where the model has guidance."""

    def __init__(self, told: Told, batch: int, sampling: Sampling, forward: Forward) -> None:
        import torch
        from diffusers.guiders.adaptive_projected_guidance import MomentumBuffer

        self._forward = forward
        self._scale = sampling.cfg
        self._context = told.context.expand(batch, -1, -1).contiguous()
        self._states = told.states.expand(batch, -1, -1).contiguous()
        self._guided = told.null is not None
        self._momentum = MomentumBuffer(momentum=_APG_MOMENTUM)
        if told.null is not None:
            self._states = torch.cat([self._states, told.null.expand(batch, -1, -1)])
            self._context = torch.cat([self._context, self._context])

    def __call__(self, x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        if not self._guided:
            return self._ask(x, t)
        import torch
        from diffusers.guiders.adaptive_projected_guidance import normalized_guidance

        with_words, without = self._ask(torch.cat([x, x]), torch.cat([t, t])).chunk(2)
        guided: torch.Tensor = normalized_guidance(
            pred_cond=with_words,
            pred_uncond=without,
            guidance_scale=self._scale - 1.0,
            momentum_buffer=self._momentum,
            eta=0.0,
            norm_threshold=_APG_NORM,
            use_original_formulation=True,
            norm_dim=(1,),
        )
        return guided

    def _ask(self, x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        return self._forward(
            hidden_states=x,
            timestep=t,
            timestep_r=t,
            encoder_hidden_states=self._states,
            context_latents=self._context,
            return_dict=False,
        )[0]


class _Pace:
    """Lets the host run ahead of a CUDA device by a few steps, and no more."""

    def __init__(self, device: torch.device) -> None:
        self._on = device.type == "cuda"
        self._events: deque[Any] = deque()

    def wait(self) -> None:
        """Note the step that was just asked for, and wait for the one two before it."""
        if not self._on:
            return
        import torch

        event: Any = torch.cuda.Event()  # type: ignore[no-untyped-call]
        event.record()
        self._events.append(event)
        if len(self._events) > _AHEAD:
            self._events.popleft().synchronize()
