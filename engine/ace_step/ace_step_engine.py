"""ACE-Step behind the seam."""

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
from engine.ace_step.job import Job, read_job
from engine.ace_step.memory import (
    GIGABYTE,
    DeviceMemory,
    Footprint,
    NotEnoughMemory,
    Shape,
    TorchMemory,
    is_out_of_memory,
)
from engine.ace_step.memory_plans import Way, fitting, ways
from engine.ace_step.model import Files, LoadedModel
from engine.ace_step.plan import LoadPlan
from engine.ace_step.render import Rendered, Renderer
from engine.ace_step.results import deliver
from engine.ace_step.speed import Speed
from engine.ace_step.values import text
from engine.contract import AUTO, EngineInfo, Generation, GenerationRequest, Progress
from engine.errors import EngineFailed, EngineUnavailable, InvalidValue, StemBridgeError

_log = logging.getLogger(__name__)


class Shelf(Protocol):
    """The models that the engine can take."""

    def names_for(self, task: str) -> Sequence[str]:
        """Return the models that can do `task`, the one to take first; `EngineUnavailable` if there is none."""

    def plan_for(self, name: str) -> LoadPlan:
        """Return how a model is run; `EngineUnavailable` if it is not there or damaged."""


_NEW_MUSIC = "text2music"
_USUAL = Shape(seconds=60.0, sequences=1)
"""The job that a freshly loaded model is placed for."""


class AceStepEngine:
    """Makes music with ACE-Step 1.5; keeps one model warm between jobs."""

    def __init__(
        self,
        info: EngineInfo,
        shelf: Shelf,
        models_dir: Path,
        *,
        memory: DeviceMemory | None = None,
    ) -> None:
        """Make an engine that loads nothing yet.

        `shelf` knows the models and how each is run, LoRA files lie in `models_dir`, `memory` is asked what is free
        before every job.
        """
        self.info = info
        self._shelf = shelf
        self._models_dir = models_dir
        self._memory = memory or TorchMemory()
        self._model: LoadedModel | None = None
        self._speed: Speed | None = None
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
                self._load_usual(self._shelf.names_for(_NEW_MUSIC)[0] if model == AUTO else model, progress)
            except NotEnoughMemory as error:
                smaller = self._smaller_model(_NEW_MUSIC) if model == AUTO else None
                if smaller is None:
                    raise EngineUnavailable(str(error)) from None
                self._load_usual(smaller, progress)
        self._warm_up()

    def generate(self, request: GenerationRequest, progress: Progress) -> Sequence[Generation]:
        """Return `request.variations` results, those of one task made together where the memory allows.

        A request that names no model may be done by a smaller one where the first does not fit.

        Raises
        ------
        InvalidValue
            If a value cannot be used.
        EngineUnavailable
            If the model is not there or damaged.
        EngineFailed
            If there is not enough memory for any way to do it, or something broke.
        Cancelled
            Out of `progress`, at the latest after two steps.
        """
        self._stop_warming()
        named = text(request.block, "model") or AUTO
        if named not in (AUTO, *self.info.models):
            raise InvalidValue("model", named, f"one of {', '.join(self.info.models)}")
        try:
            with self._lock:
                return self._generate_somehow(named, request, progress)
        finally:
            self._warm_up()

    def unload(self) -> None:
        """Give all memory back; `load` or `generate` may follow."""
        self._stop_warming()
        with self._lock:
            model, self._model, self._speed = self._model, None, None
            if model is not None:
                model.free()

    def _generate_somehow(self, named: str, request: GenerationRequest, progress: Progress) -> Sequence[Generation]:
        task = text(request.block, "task") or _NEW_MUSIC
        try:
            return self._generate(self._shelf.names_for(task)[0] if named == AUTO else named, request, progress)
        except NotEnoughMemory as error:
            smaller = self._smaller_model(task) if named == AUTO else None
            if smaller is None:
                raise
            told = f"{error} The smaller model {smaller} made it instead."
        return self._generate(smaller, request, progress, (told,))

    def _generate(
        self, name: str, request: GenerationRequest, progress: Progress, notices: tuple[str, ...] = ()
    ) -> Sequence[Generation]:
        warm = self._model is not None and self._model.plan.name == name
        files = self._model.files if self._model is not None and warm else Files(self._shelf.plan_for(name))
        job = read_job(request, files.plan, self.info.default_stems)
        shape = Shape(job.seconds, len(job.seeds), job.sampling.cfg > 1.0)
        chosen = fitting(ways(files.plan, files.footprint, shape), self._free(files.plan), name)
        if not warm:
            self.unload()
        model = self._model or self._load(files, chosen[0], progress)
        model.check_task(job)
        model.use_lora(job.lora, job.lora_strength, self._models_dir)
        rendered, told = self._render(model, job, chosen, progress)
        own = (self.info.notice,) if self.info.notice else ()
        return deliver(rendered, job, request, name, (*own, *notices, *told))

    def _load_usual(self, name: str, progress: Progress) -> None:
        files = Files(self._shelf.plan_for(name))
        self._load(
            files, fitting(ways(files.plan, files.footprint, _USUAL), self._free(files.plan), name)[0], progress
        )

    def _free(self, plan: LoadPlan) -> int:
        """Return the bytes that a model could have, as the one that is loaded would make room."""
        held = self._model.held_bytes if self._model else 0
        return self._memory.free_bytes(plan.device) + held

    def _load(self, files: Files, way: Way, progress: Progress) -> LoadedModel:
        with _explained(files.plan):
            self._model = LoadedModel(files, way, lambda share: progress("loading", share))
        self._speed = Speed(self._model.pipe, files.plan)
        return self._model

    def _render(
        self, model: LoadedModel, job: Job, chosen: Sequence[Way], progress: Progress
    ) -> tuple[Rendered, tuple[str, ...]]:
        """Run the job the first way; where memory runs out in spite of the estimate, the next cheaper one."""
        assert self._speed is not None
        for index, way in enumerate(chosen):
            renderer = Renderer(
                model.pipe,
                model.placing,
                way,
                lambda share: progress("generating", share),
                self._speed,
                model.encoded,
            )
            try:
                with _explained(model.plan):
                    return renderer.render(job), _told(way, again=index > 0)
            except NotEnoughMemory:
                self._speed.forget_graphs()
            finally:
                free_cache(model.plan.device)
        raise NotEnoughMemory(
            f"The device's memory ran full in every way to do this with {model.plan.name}; "
            f"{self._free(model.plan) / GIGABYTE:.1f} GB are free. "
            "Close other programs that use the GPU, ask for less music, or choose a smaller model."
        )

    def _smaller_model(self, task: str) -> str | None:
        """Return the largest installed model that is smaller than the first and can do `task`."""
        sizes: dict[str, Footprint] = {}
        first, *others = self._shelf.names_for(task)
        for name in (first, *others):
            with suppress(EngineUnavailable):  # damaged
                sizes[name] = Files(self._shelf.plan_for(name)).footprint
        limit = sizes[first].total_weights if first in sizes else math.inf
        smaller = {name: size.total_weights for name, size in sizes.items() if size.total_weights < limit}
        return max(smaller, key=lambda name: smaller[name]) if smaller else None

    def _warm_up(self) -> None:
        if self._speed is not None and self._model is not None and self._model.placing.offload == "resident":
            self._speed.warm_up(self._lock)

    def _stop_warming(self) -> None:
        speed = self._speed
        if speed is not None:
            speed.stop_warming()


def _told(way: Way, *, again: bool) -> tuple[str, ...]:
    """Return what the user should know of the way that a job was done."""
    ran_full = "The device's memory ran full; it was done again in a way that needs less." if again else ""
    return tuple(sentence for sentence in (ran_full, way.sentence()) if sentence)


@contextmanager
def _explained(plan: LoadPlan) -> Iterator[None]:
    """Let the engine's own errors through, and make a sentence of others; what broke no longer holds its tensors."""
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
