"""The sampler, from noise to latents: the pipeline's, without the points where the host waits for the device.

Every value is computed by the same expressions as in `AceStepPipeline.__call__`, so the same noise gives the same
bits. The differences: times and step sizes are computed before the loop (the pipeline reads each one back from the
device), the guidance's inputs are stacked once, and the host may run ahead of the device by at most two steps, so
that a cancelled job stops within them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.ace_step.sampling import SamplerSettings

if TYPE_CHECKING:
    import torch

    from engine.ace_step.pipeline import Pipeline

    Forward = Callable[..., tuple[torch.Tensor, ...]]

_MAX_LEAD_STEPS = 2
_APG_MOMENTUM = -0.75
_APG_NORM = 2.5


@dataclass(frozen=True, slots=True)
class Conditioning:
    """The transformer's inputs that are the same at every step.

    Attributes:
        states: the encoded condition [shape=(1, tokens, channels)].
        null: the learned empty condition, of the same shape as `states`; None without guidance.
        context: source latents and chunk mask [shape=(1, frames, 2 * channels)].
    """

    states: torch.Tensor
    null: torch.Tensor | None
    context: torch.Tensor


def make_noise(seeds: Sequence[int], frames: int, channels: int, device: str, dtype: torch.dtype) -> torch.Tensor:
    """Return noise [shape=(len(seeds), frames, channels)], one variation per seed.

    It is drawn on the CPU in float32, so that a seed gives the same noise on every device and in every dtype.
    """
    import torch

    shape = (1, frames, channels)
    drawn = [torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed)) for seed in seeds]
    return torch.cat(drawn).to(device=device, dtype=dtype)


def schedule(sampling: SamplerSettings) -> torch.Tensor:
    """Return the times of the steps and the end, 0 [shape=(steps + 1,), float32 on the CPU]."""
    import torch

    linear = torch.linspace(1.0, 0.0, sampling.steps + 1, dtype=torch.float32)
    if sampling.shift == 1.0:
        return linear
    return sampling.shift * linear / (1 + (sampling.shift - 1) * linear)


def denoise(
    pipe: Pipeline,
    conditioning: Conditioning,
    noise: torch.Tensor,
    sampling: SamplerSettings,
    report: Callable[[int], None],
    forward: Forward | None = None,
) -> torch.Tensor:
    """Return latents of the shape of `noise`.

    `report` is called with the number of steps done before each step and at the end; what it raises ends the loop.
    `forward` replaces the transformer's own forward; it takes the same arguments.
    """
    import torch

    times = schedule(sampling)
    on_device = times.to(noise.device)
    steps_dt = on_device[1:] - on_device[:-1]
    batch = noise.shape[0]
    velocity = _Velocity(conditioning, batch, sampling, forward or pipe.transformer)
    lead = _HostLead(noise.device)
    x = noise
    for step in range(sampling.steps):
        report(step)
        t = float(times[step]) * torch.ones((batch,), device=noise.device, dtype=noise.dtype)
        v = velocity(x, t)
        # FlowMatchEulerDiscreteScheduler.step: sum in float32, back in the velocity's dtype.
        x = (x.to(torch.float32) + steps_dt[step] * v).to(v.dtype)
        lead.wait()
    report(sampling.steps)
    return x


class _Velocity:
    """The velocity of a step: the transformer's output, with adaptive projected guidance if there is guidance."""

    def __init__(self, conditioning: Conditioning, batch: int, sampling: SamplerSettings, forward: Forward) -> None:
        import torch
        from diffusers.guiders.adaptive_projected_guidance import MomentumBuffer

        self._forward = forward
        self._scale = sampling.cfg
        self._context = conditioning.context.expand(batch, -1, -1).contiguous()
        self._states = conditioning.states.expand(batch, -1, -1).contiguous()
        self._guided = conditioning.null is not None
        self._momentum = MomentumBuffer(momentum=_APG_MOMENTUM)
        if conditioning.null is not None:
            self._states = torch.cat([self._states, conditioning.null.expand(batch, -1, -1)])
            self._context = torch.cat([self._context, self._context])

    def __call__(self, x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        if not self._guided:
            return self._predict(x, t)
        import torch
        from diffusers.guiders.adaptive_projected_guidance import normalized_guidance

        with_words, without = self._predict(torch.cat([x, x]), torch.cat([t, t])).chunk(2)
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

    def _predict(self, x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        return self._forward(
            hidden_states=x,
            timestep=t,
            timestep_r=t,
            encoder_hidden_states=self._states,
            context_latents=self._context,
            return_dict=False,
        )[0]


class _HostLead:
    """Limits how many steps the host runs ahead of a CUDA device."""

    def __init__(self, device: torch.device) -> None:
        self._is_cuda = device.type == "cuda"
        self._events: deque[Any] = deque()

    def wait(self) -> None:
        """Record the step that was just queued, and wait for the one two before it."""
        if not self._is_cuda:
            return
        import torch

        event: Any = torch.cuda.Event()  # type: ignore[no-untyped-call]
        event.record()
        self._events.append(event)
        if len(self._events) > _MAX_LEAD_STEPS:
            self._events.popleft().synchronize()
