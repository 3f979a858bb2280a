"""One job from engine to take: load, generate, align, write."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bridge.request.spec import JobSpec
from bridge.takes.take import Take
from bridge.takes.writer import write_into, write_takes
from bridge.work.plan import Plan
from engine.errors import EngineFailed
from engine.registry import create
from engine.seam import Engine, Generation, GenerationRequest, Progress


@dataclass(frozen=True, slots=True)
class Finished:
    """What a job has made: the manifests' paths, and the number of stems of the first take."""

    manifests: list[Path]
    stems: int


class Studio:
    """Keeps the engine that ran last, warm for the next job."""

    def __init__(self, models_dir: Path | None = None) -> None:
        """Take neural models from `models_dir`; without it there are none."""
        self._models_dir = models_dir
        self._engine: Engine | None = None

    def load(self, name: str, progress: Progress) -> Engine:
        """Return the engine `name`, loaded; another one that was loaded gives its memory back first.

        Raises
        ------
        EngineUnavailable
            If it cannot run here.
        """
        if self._engine is None or self._engine.info.name != name:
            if self._engine is not None:
                self._engine.unload()
            self._engine = create(name, self._models_dir)
        self._engine.load(progress)
        import bridge.takes.files  # noqa: F401  (writing the first take would pay for this import)

        return self._engine

    def perform(self, spec: JobSpec, plan: Plan, progress: Progress) -> Finished:
        """Do the whole job. All takes are complete when this returns; on any error there is none.

        Raises
        ------
        Cancelled
            Out of `progress`.
        StemBridgeError
            If the engine or the writing failed; the sentence says why.
        """
        clock = _Clock()
        engine = self.load(spec.engine, progress)
        clock.lap("loading")
        request = spec.generation_request()
        generations = engine.generate(request, progress)
        clock.lap("generating")
        _check(generations, request)
        takes = _takes(spec, plan, request, generations, clock.laps)
        write = write_into if plan.into_folder else write_takes
        manifests = write(takes, Path(plan.folder), lambda fraction: progress("writing", fraction))
        return Finished(manifests, len(generations[0].stems))


class _Clock:
    """Seconds by phase."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self.laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        """Note the time since the lap before as that of `name`."""
        now = time.perf_counter()
        self.laps[name], self._last = round(now - self._last, 4), now


def _check(generations: Sequence[Generation], request: GenerationRequest) -> None:
    """Hold every engine to the seam's promises before anything is written."""
    if len(generations) != request.variations:
        raise EngineFailed(f"The engine made {len(generations)} of {request.variations} variations.")
    for generation in generations:
        lengths = {stem.audio.shape for stem in generation.stems} | {generation.mix.shape}
        if not generation.stems or lengths != {(request.frames, 2)}:
            raise EngineFailed(
                f"The engine made audio of a wrong length ({lengths}, wanted {request.frames} frames)."
            )
        if not generation.on_grid:
            raise EngineFailed("The engine made audio off the grid, and this version cannot align it.")


def _takes(
    spec: JobSpec, plan: Plan, request: GenerationRequest, generations: Sequence[Generation], laps: dict[str, float]
) -> list[Take]:
    created = datetime.fromisoformat(plan.created)
    return [
        Take(
            take_id=take_id,
            folder_name=name,
            created=created,
            engine=spec.engine,
            generation=_with_notices(generation, spec.notices),
            request=request,
            start_beat=spec.start_beat,
            start_seconds=spec.start_seconds,
            bars=float(spec.block["bars"]),
            params=spec.block,
            prompt=spec.prompt,
            bit_depth=spec.block["bit_depth"],
            timings=laps,
        )
        for take_id, name, generation in zip(plan.take_ids, plan.folder_names, generations, strict=True)
    ]


def _with_notices(generation: Generation, notices: Sequence[str]) -> Generation:
    return replace(generation, notices=(*generation.notices, *notices))
