"""A model in memory: its pipeline, how it is placed, and the adapter that is merged into it."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.ace_step.checkpoint import Checkpoint, Component, read_checkpoint
from engine.ace_step.ladder import Way
from engine.ace_step.load import load_pipeline, read_tensors
from engine.ace_step.lora import find_lora, merge, read_lora
from engine.ace_step.memory import Footprint, footprint
from engine.ace_step.placing import HOME, Placing, free_cache
from engine.ace_step.plan import LoadPlan

if TYPE_CHECKING:
    from engine.ace_step.pipeline import Pipeline


class Files:
    """A model on disk: known, but not loaded."""

    def __init__(self, plan: LoadPlan) -> None:
        """Read the headers of its files.

        Raises
        ------
        EngineUnavailable
            If they are not those of a model.
        """
        self.plan = plan
        self.checkpoint: Checkpoint = read_checkpoint(plan)
        self.footprint: Footprint = footprint(self.checkpoint, plan.dtype)


class LoadedModel:
    """A model whose weights are in memory."""

    def __init__(self, files: Files, way: Way, report: Callable[[float], None]) -> None:
        """Load it, with its weights where `way` keeps them; on any error nothing stays behind.

        Raises
        ------
        EngineUnavailable
            If the files are damaged or another model's.
        Cancelled
            Out of `report`.
        """
        self.files = files
        self.plan = files.plan
        self._lora: tuple[Path, float] | None = None
        home = self.plan.device if way.offload == "resident" else HOME
        try:
            self.pipe: Pipeline = load_pipeline(self.plan, files.checkpoint, home, report)
            self.placing = Placing(
                self.pipe, self.plan.device, "resident" if way.offload == "resident" else "components"
            )
            self.placing.apply(way.offload)
        except BaseException:
            gc.collect()
            free_cache(self.plan.device)
            raise

    @property
    def held_bytes(self) -> int:
        """Bytes of the device's memory that its weights hold between jobs."""
        return self.files.footprint.total_weights if self.placing.offload == "resident" else 0

    def use_lora(self, name: str, strength: float, models_dir: Path) -> None:
        """Merge the adapter `name` ("" = none) into the transformer, instead of the one that is.

        Raises
        ------
        InvalidValue
            If there is no such adapter or it does not fit; the weights are then as they were.
        """
        wanted = (find_lora(name, models_dir), strength) if name else None
        if wanted == self._lora:
            return
        changes = read_lora(wanted[0], name, self._transformer) if wanted else {}
        if self._lora is not None:
            old = read_lora(self._lora[0], name, self._transformer)
            merge(self.pipe.transformer, old, 0.0, read_tensors(self.plan, self._transformer, old))
            self._lora = None
        if wanted:
            merge(self.pipe.transformer, changes, strength, read_tensors(self.plan, self._transformer, changes))
            self._lora = wanted

    @property
    def _transformer(self) -> Component:
        return self.files.checkpoint.components["transformer"]

    def free(self) -> None:
        """Give all memory back; the model cannot be used afterwards."""
        del self.pipe, self.placing
        gc.collect()
        free_cache(self.plan.device)
