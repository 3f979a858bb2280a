"""What lies on the device when: all of a model, the components at work, or of the transformer one block at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from engine.hardware import Offload

if TYPE_CHECKING:
    import torch

    from engine.ace_step.pipeline import Pipeline

HOME = "cpu"
"""Where weights wait that are not on the device."""


class Placing:
    """Moves a pipeline's components; diffusers' own offloading hooks are not used.

    They know nothing of components that are read without being called (the tables of the audio codes, the latent of
    silence), and leave weights behind on the device when a run is cancelled between two components.
    """

    def __init__(self, pipe: Pipeline, device: str, offload: Offload) -> None:
        """Take over `pipe`, whose weights lie as `offload` ("resident" or "components") says."""
        self._pipe = pipe
        self.device = device
        self.offload = offload
        self._hooks: list[Any] = []

    def apply(self, offload: Offload) -> None:
        """Lay the weights as `offload` says; harmless when they lie so already."""
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
        """Have the components `names` on the device for the time of the block, whatever ends it."""
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
            self._hooks.append(block.register_forward_hook(_take_home, always_call=True))

    def _bring(self, block: torch.nn.Module, _inputs: object) -> None:
        block.to(self.device)

    def _remove_hooks(self) -> None:
        for hook in self._hooks:
            hook.remove()
        self._hooks.clear()

    def _parts(self) -> list[Any]:
        import torch

        return [part for part in self._pipe.components.values() if isinstance(part, torch.nn.Module)]


def _take_home(block: torch.nn.Module, _inputs: object, _output: object) -> None:
    block.to(HOME)


def free_cache(device: str) -> None:
    """Give memory that torch keeps for later back to the device, so that a DAW's plug-ins can have it."""
    import torch

    if device.startswith("cuda"):
        torch.cuda.empty_cache()
    elif device.startswith("mps"):
        torch.mps.empty_cache()
