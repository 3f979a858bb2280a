"""A model on disk and in memory: its headers, its pipeline, its device placement, and the merged LoRA adapter."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.ace_step.checkpoint import CODES, Checkpoint, Component, read_checkpoint
from engine.ace_step.device_placement import HOME, DevicePlacement, free_cache
from engine.ace_step.job import RenderJob
from engine.ace_step.load import load_pipeline, read_tensors
from engine.ace_step.lora import find_lora, merge, read_lora
from engine.ace_step.memory import Footprint, footprint
from engine.ace_step.memory_plans import MemoryPlan
from engine.ace_step.plan import LoadPlan
from engine.ace_step.prompt import ConditionCache
from engine.errors import EngineUnavailable

if TYPE_CHECKING:
    from engine.ace_step.pipeline import Pipeline


class ModelFiles:
    """A model on disk, whose headers are read but whose weights are not."""

    def __init__(self, plan: LoadPlan) -> None:
        """Read the headers of its files.

        Raises
        ------
        EngineUnavailable
            If they are not those of an ACE-Step model.
        """
        self.plan = plan
        self.checkpoint: Checkpoint = read_checkpoint(plan)
        try:
            self.footprint: Footprint = footprint(self.checkpoint, plan.dtype)
        except (TypeError, ValueError) as error:
            raise EngineUnavailable(
                f"The model {plan.name} in {plan.folder} does not fit ACE-Step 1.5: {error}. "
                f'Repair it with "stembridge models download {plan.name}".'
            ) from None


class LoadedModel:
    """A model whose weights are in memory."""

    def __init__(self, files: ModelFiles, memory_plan: MemoryPlan, report: Callable[[float], None]) -> None:
        """Load the weights to where `memory_plan` keeps them; on any error no memory stays in use.

        Raises
        ------
        EngineUnavailable
            If the files are damaged or another model's.
        Cancelled
            Raised by `report`.
        """
        self.files = files
        self.plan = files.plan
        self.condition_cache = ConditionCache()
        self._lora: tuple[Path, int, float] | None = None
        self._merged: set[str] = set()
        home = self.plan.device if memory_plan.offload == "resident" else HOME
        try:
            self.pipe: Pipeline = load_pipeline(self.plan, files.checkpoint, home, report)
            self.placement = DevicePlacement(
                self.pipe, self.plan.device, "resident" if memory_plan.offload == "resident" else "components"
            )
            self.placement.apply(memory_plan.offload)
        except BaseException:
            gc.collect()
            free_cache(self.plan.device)
            raise

    @property
    def held_bytes(self) -> int:
        """The bytes of device memory that its weights occupy between jobs."""
        return self.files.footprint.total_weights if self.placement.offload == "resident" else 0

    def use_lora(self, name: str, strength: float, models_dir: Path) -> None:
        """Merge the adapter `name` ("" = none) into the transformer, and remove the one that was merged before.

        Raises
        ------
        InvalidValue
            If there is no such adapter or it does not fit; the weights are then unchanged.
        """
        file = find_lora(name, models_dir) if name else None
        requested = (file, file.stat().st_mtime_ns, strength) if file else None
        if requested == self._lora:
            return
        changes = read_lora(file, name, self._transformer) if file else {}
        touched = {*changes, *self._merged}
        merge(self.pipe.transformer, read_tensors(self.plan, self._transformer, touched), changes, strength)
        self._lora, self._merged = requested, set(changes)

    def check_task(self, job: RenderJob) -> None:
        """Check that the model has the components that the job's task needs.

        Raises
        ------
        EngineUnavailable
            If the audio-code modules are missing, which some copies of a model leave out.
        """
        if job.task == "cover" and any(name not in self.files.checkpoint.components for name in CODES):
            raise EngineUnavailable(
                f"The copy of {self.plan.name} in {self.plan.folder} lacks the modules that cover needs. "
                f'"stembridge models download {self.plan.name}" fetches a whole one.'
            )

    @property
    def _transformer(self) -> Component:
        return self.files.checkpoint.components["transformer"]

    def free(self) -> None:
        """Free all memory; the model cannot be used afterwards."""
        del self.pipe, self.placement, self.condition_cache
        gc.collect()
        free_cache(self.plan.device)
