"""Moves weights to the device and back: the whole model, the components in use, or a transformer block at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from engine.hardware import Offload

if TYPE_CHECKING:
    import torch

    from engine.ace_step.pipeline import Pipeline

HOME = "cpu"
"""The device that holds the weights while they are not in use."""


class DevicePlacement:
    """Moves a pipeline's components to the device and back.

    diffusers' own offloading hooks are not used: they miss components that are read without being called (the tables
    of the audio codes, the latent of silence), and leave weights on the device when a run is cancelled between two
    components.
    """

    def __init__(self, pipe: Pipeline, device: str, offload: Offload) -> None:
        """Take over `pipe`, whose weights are already placed as `offload` ("resident" or "components") says."""
        self._pipe = pipe
        self.device = device
        self.offload = offload
        self._hooks: list[Any] = []

    def apply(self, offload: Offload) -> None:
        """Place the weights as `offload` says; does nothing if they are already."""
        if offload == self.offload:
            return
        self._remove_hooks()
        for part in self._parts():
            part.to(self.device if offload == "resident" else HOME)
        if offload == "blocks":
            self._add_hooks()
        self.offload = offload
        free_cache(self.device)

    @contextmanager
    def using(self, *names: str) -> Iterator[None]:
        """Keep the components `names` on the device during the `with` block, and move them back however it ends."""
        if self.offload == "resident":
            yield
            return
        parts = [part for name in names if (part := getattr(self._pipe, name)) is not None]
        try:
            for part in parts:
                self._fetch(part)
            yield
        finally:
            for part in parts:
                part.to(HOME)
            free_cache(self.device)

    def _fetch(self, part: torch.nn.Module) -> None:
        if self.offload == "blocks" and part is self._pipe.transformer:
            for name, child in part.named_children():
                if name != "layers":
                    child.to(self.device)
            part.scale_shift_table.data = part.scale_shift_table.data.to(self.device)
        else:
            part.to(self.device)

    def _add_hooks(self) -> None:
        for block in self._pipe.transformer.layers:
            self._hooks.append(block.register_forward_pre_hook(self._bring))
            self._hooks.append(block.register_forward_hook(_send_home, always_call=True))

    def _bring(self, block: torch.nn.Module, _inputs: object) -> None:
        block.to(self.device)

    def _remove_hooks(self) -> None:
        for hook in self._hooks:
            hook.remove()
        self._hooks.clear()

    def _parts(self) -> list[Any]:
        import torch

        return [part for part in self._pipe.components.values() if isinstance(part, torch.nn.Module)]


def _send_home(block: torch.nn.Module, _inputs: object, _output: object) -> None:
    block.to(HOME)


def free_cache(device: str) -> None:
    """Return memory that torch caches to the device, so that a DAW's plug-ins can use it."""
    import torch

    if device.startswith("cuda"):
        torch.cuda.empty_cache()
    elif device.startswith("mps"):
        torch.mps.empty_cache()
