"""Load plans for the installed music models: the best one for this machine, and how each is run here."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from engine.ace_step.plan import LoadPlan
from engine.ace_step.sampling import limits_of
from engine.errors import EngineUnavailable, ModelFault
from engine.hardware import Device, choose_model
from engine.hardware.probe import probe
from engine.models.catalogue import ModelEntry
from engine.models.installed_models import ModelStore, installed_entries, not_installed
from engine.models.verify import quick_check

KERNELS = "compiled"
"""The folder beside the models that caches compiled kernels between starts."""


class InstalledPlans:
    """The installed music models of one folder, as a source of load plans."""

    def __init__(self, models_dir: Path, device: Device | None = None) -> None:
        """Take the models in `models_dir`; `device` runs them, by default the best one found when first needed.

        The device's free memory is that of the first probe, before any of our weights are on it; the engine's memory
        plans use the free memory of the moment.
        """
        self._models_dir = models_dir
        self._given_device = device

    @cached_property
    def _device(self) -> Device:
        return self._given_device or probe()

    def names_for(self, task: str) -> list[str]:
        """Return the installed models that can do `task`, the best one for the device first.

        Raises
        ------
        EngineUnavailable
            If there is none, or the device has too little free memory for any.
        """
        entries = installed_entries(self._models_dir)
        best = choose_model(self._device, entries, task=task).model
        return [best, *(entry.name for entry in entries if task in entry.tasks and entry.name != best)]

    def plan_for(self, name: str) -> LoadPlan:
        """Return the load plan of the model `name` on this machine.

        Raises
        ------
        EngineUnavailable
            If it is not installed, or files of it are missing.
        """
        entry = self._entry(name)
        model = ModelStore(self._models_dir).get(name)
        try:
            quick_check(model)
        except ModelFault as error:
            raise EngineUnavailable(str(error)) from None
        return LoadPlan(
            name=name,
            folder=model.folder,
            layout="original" if entry.layout == "original" else "diffusers",
            limits=limits_of(entry),
            transformer=entry.transformer,
            device=self._device.torch_name,
            dtype=self._device.dtype,
            tasks=entry.tasks,
            compile=self._device.kind == "cuda",
            cache_dir=self._models_dir / KERNELS,
        )

    def _entry(self, name: str) -> ModelEntry:
        for entry in installed_entries(self._models_dir):
            if entry.name == name:
                return entry
        raise not_installed(name)
