"""The ACE-Step engine: checks a request, finds a memory plan that fits, renders, and keeps one model loaded."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from traceback import clear_frames
from typing import Protocol

from engine.ace_step.device_placement import free_cache
from engine.ace_step.job import RenderJob, read_job
from engine.ace_step.memory import (
    GIGABYTE,
    DeviceMemory,
    Footprint,
    JobSize,
    NotEnoughMemory,
    TorchMemory,
    is_out_of_memory,
)
from engine.ace_step.memory_plans import MemoryPlan, fitting_plans, memory_plans
from engine.ace_step.model import LoadedModel, ModelFiles
from engine.ace_step.plan import LoadPlan
from engine.ace_step.render import Rendered, Renderer
from engine.ace_step.results import to_generations
from engine.ace_step.speed import Accelerator
from engine.ace_step.values import text
from engine.contract import AUTO, EngineInfo, Generation, GenerationRequest, Progress
from engine.errors import EngineFailed, EngineUnavailable, StemBridgeError

_log = logging.getLogger(__name__)


class PlanSource(Protocol):
    """Source of load plans: the models that the engine can run."""

    def names_for(self, task: str) -> Sequence[str]:
        """Return the models that can do `task`, the preferred one first; `EngineUnavailable` if there is none."""

    def plan_for(self, name: str) -> LoadPlan:
        """Return the load plan of a model; `EngineUnavailable` if it is missing or damaged."""


_NEW_MUSIC = "text2music"
_TYPICAL_JOB = JobSize(seconds=60.0, sequences=1)
"""The size of job that a freshly loaded model is placed on the device for."""


class AceStepEngine:
    """Makes music with ACE-Step 1.5; keeps one model warm between jobs."""

    def __init__(
        self,
        info: EngineInfo,
        plans: PlanSource,
        models_dir: Path,
        *,
        memory: DeviceMemory | None = None,
    ) -> None:
        """Create an engine; nothing is loaded yet.

        `plans` returns the models and their load plans, `models_dir` holds the LoRA files, and `memory` reports the
        free bytes before every job.
        """
        self.info = info
        self._plans = plans
        self._models_dir = models_dir
        self._memory = memory or TorchMemory()
        self._model: LoadedModel | None = None
        self._accelerator: Accelerator | None = None
        self._lock = threading.RLock()

    def load(self, progress: Progress, model: str = AUTO) -> None:
        """Load `model`, or the first that fits, and warm it up in the background; harmless when it is loaded.

        Raises
        ------
        EngineUnavailable
            If there is no model, it is damaged, or does not fit the memory.
        """
        self._stop_warming()
        with self._lock:
            if self._model is not None and model in (AUTO, self._model.plan.name):
                return
            self.unload()
            try:
                self._load_for_typical_job(self._plans.names_for(_NEW_MUSIC)[0] if model == AUTO else model, progress)
            except NotEnoughMemory as error:
                smaller = self._smaller_model(_NEW_MUSIC) if model == AUTO else None
                if smaller is None:
                    raise EngineUnavailable(str(error)) from None
                self._load_for_typical_job(smaller, progress)
        self._warm_up()

    def generate(self, request: GenerationRequest, progress: Progress) -> Sequence[Generation]:
        """Return one result per variation, all rendered as one batch where the memory allows.

        If the request names no model and the preferred one does not fit, a smaller one renders it.

        Raises
        ------
        InvalidValue
            If a value cannot be used.
        EngineUnavailable
            If the model is missing or damaged.
        EngineFailed
            If the job fits the memory in no way, or something broke.
        Cancelled
            Raised by `progress`, at the latest after two steps.
        """
        self._stop_warming()
        requested = text(request.block, "model") or AUTO
        try:
            with self._lock:
                return self._generate_or_smaller(requested, request, progress)
        finally:
            self._warm_up()

    def unload(self) -> None:
        """Give all memory back; `load` or `generate` may follow."""
        self._stop_warming()
        with self._lock:
            model, self._model, self._accelerator = self._model, None, None
            if model is not None:
                model.free()

    def _generate_or_smaller(
        self, requested: str, request: GenerationRequest, progress: Progress
    ) -> Sequence[Generation]:
        task = text(request.block, "task") or _NEW_MUSIC
        try:
            name = self._plans.names_for(task)[0] if requested == AUTO else requested
            return self._generate(name, request, progress)
        except NotEnoughMemory as error:
            smaller = self._smaller_model(task) if requested == AUTO else None
            if smaller is None:
                raise
            notice = f"{error} The smaller model {smaller} made it instead."
        return self._generate(smaller, request, progress, (notice,))

    def _generate(
        self, name: str, request: GenerationRequest, progress: Progress, notices: tuple[str, ...] = ()
    ) -> Sequence[Generation]:
        warm = self._model is not None and self._model.plan.name == name
        files = self._model.files if self._model is not None and warm else ModelFiles(self._plans.plan_for(name))
        job = read_job(request, files.plan, self.info.default_stems)
        size = JobSize(job.seconds, len(job.seeds), job.sampling.cfg > 1.0)
        chosen = fitting_plans(memory_plans(files.plan, files.footprint, size), self._free(files.plan), name)
        if not warm:
            self.unload()
        model = self._model or self._load(files, chosen[0], progress)
        model.check_task(job)
        model.use_lora(job.lora, job.lora_strength, self._models_dir)
        rendered, memory_notices = self._render(model, job, chosen, progress)
        engine_notices = (self.info.notice,) if self.info.notice else ()
        return to_generations(rendered, job, request, name, (*engine_notices, *notices, *memory_notices))

    def _load_for_typical_job(self, name: str, progress: Progress) -> None:
        files = ModelFiles(self._plans.plan_for(name))
        plans = memory_plans(files.plan, files.footprint, _TYPICAL_JOB)
        self._load(files, fitting_plans(plans, self._free(files.plan), name)[0], progress)

    def _free(self, plan: LoadPlan) -> int:
        """Return the device bytes that a model could use, those of the loaded model included: it would make room."""
        held = self._model.held_bytes if self._model else 0
        return self._memory.free_bytes(plan.device) + held

    def _load(self, files: ModelFiles, memory_plan: MemoryPlan, progress: Progress) -> LoadedModel:
        with _readable_errors(files.plan):
            self._model = LoadedModel(files, memory_plan, lambda share: progress("loading", share))
        self._accelerator = Accelerator(self._model.pipe, files.plan)
        return self._model

    def _render(
        self, model: LoadedModel, job: RenderJob, chosen: Sequence[MemoryPlan], progress: Progress
    ) -> tuple[Rendered, tuple[str, ...]]:
        """Run the job by the first plan; if memory runs out in spite of the estimate, by the next cheaper one."""
        assert self._accelerator is not None
        for index, memory_plan in enumerate(chosen):
            renderer = Renderer(
                model.pipe,
                model.placement,
                memory_plan,
                lambda share: progress("generating", share),
                self._accelerator,
                model.condition_cache,
            )
            try:
                with _readable_errors(model.plan):
                    return renderer.render(job), _memory_notices(memory_plan, again=index > 0)
            except NotEnoughMemory:
                self._accelerator.forget_graphs()
            finally:
                free_cache(model.plan.device)
        raise NotEnoughMemory(
            f"The device's memory ran full in every way to do this with {model.plan.name}; "
            f"{self._free(model.plan) / GIGABYTE:.1f} GB are free. "
            "Close other programs that use the GPU, ask for less music, or choose a smaller model."
        )

    def _smaller_model(self, task: str) -> str | None:
        """Return the largest installed model that is smaller than the preferred one and can do `task`."""
        sizes: dict[str, Footprint] = {}
        first, *others = self._plans.names_for(task)
        for name in (first, *others):
            with suppress(EngineUnavailable):  # damaged
                sizes[name] = ModelFiles(self._plans.plan_for(name)).footprint
        limit = sizes[first].total_weights if first in sizes else math.inf
        smaller = {name: size.total_weights for name, size in sizes.items() if size.total_weights < limit}
        return max(smaller, key=lambda name: smaller[name]) if smaller else None

    def _warm_up(self) -> None:
        if self._accelerator is not None and self._model is not None and self._model.placement.offload == "resident":
            self._accelerator.warm_up(self._lock)

    def _stop_warming(self) -> None:
        accelerator = self._accelerator
        if accelerator is not None:
            accelerator.stop_warming()


def _memory_notices(memory_plan: MemoryPlan, *, again: bool) -> tuple[str, ...]:
    """Return the sentences that tell the user what a job did to save memory."""
    ran_full = "The device's memory ran full; it was done again in a way that needs less." if again else ""
    return tuple(sentence for sentence in (ran_full, memory_plan.sentence()) if sentence)


@contextmanager
def _readable_errors(plan: LoadPlan) -> Iterator[None]:
    """Pass the engine's own errors on and turn others into one sentence; clear the frames, which hold tensors."""
    try:
        yield
    except StemBridgeError as error:
        clear_frames(error.__traceback__)
        raise
    except Exception as error:
        clear_frames(error.__traceback__)
        if is_out_of_memory(error):
            raise NotEnoughMemory(f"{plan.name} does not fit the memory of the device {plan.device}.") from None
        _log.exception("ACE-Step broke")
        reason = str(error).splitlines()[0] if str(error) else "no reason given"
        raise EngineFailed(
            f"ACE-Step broke ({type(error).__name__}: {reason}). Try again; the log has the details."
        ) from error
