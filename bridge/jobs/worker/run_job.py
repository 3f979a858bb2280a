"""One job from engine to take: load, generate, separate, align, write."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bridge.jobs.worker.take_paths import TakePaths
from bridge.request.job_spec import JobSpec
from bridge.takes.take import Take
from bridge.takes.writer import write_into, write_takes
from engine.contract import AUTO, Engine, Generation, GenerationRequest, Phase, Progress
from engine.errors import EngineFailed
from engine.finish import Aligned, align, split
from engine.registry import create, no_remote
from engine.remote.remote_engine import FindRemote
from engine.separate import Separator

_FROM_WORDS = "text2music"
"""The one task without a source, whose length the result would have."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What a job has made: the manifests' paths, and the number of stems of the first take."""

    manifests: list[Path]
    stems: int


class JobRunner:
    """Keeps the engine that ran last and the separator warm for the next job."""

    def __init__(
        self,
        models_dir: Path | None = None,
        styles_dir: Path | None = None,
        find_remote: FindRemote = no_remote,
    ) -> None:
        """Take neural models from `models_dir` and own styles from `styles_dir`; without them there are none.

        `find_remote` returns the address for the engine “remote”.
        """
        self._models_dir = models_dir
        self._styles_dir = styles_dir
        self._find_remote = find_remote
        self._engine: Engine | None = None
        self._separator = Separator(models_dir)

    def load(self, name: str, progress: Progress, model: str = AUTO) -> Engine:
        """Return the engine `name`, with `model` loaded; another one and its separator give their memory back first.

        Raises
        ------
        EngineUnavailable
            If it cannot run here.
        """
        if self._engine is None or self._engine.info.name != name:
            if self._engine is not None:
                self._engine.unload()
                self._separator.unload()
            self._engine = create(name, self._models_dir, self._styles_dir, self._find_remote)
        self._engine.load(progress, model)
        import bridge.takes.files  # noqa: F401  (writing the first take would pay for this import)

        return self._engine

    def perform(self, spec: JobSpec, plan: TakePaths, progress: Progress) -> Finished:
        """Do the whole job. All takes are complete when this returns; on any error there is none.

        Raises
        ------
        Cancelled
            Out of `progress`.
        StemBridgeError
            If the engine or the writing failed; the sentence says why.
        """
        clock = _Clock()
        engine = self.load(spec.engine, progress, str(spec.block["model"]))
        clock.lap("loading")
        request = spec.generation_request()
        generations = engine.generate(request, progress)
        clock.lap("generating")
        _check(generations, request)
        aligned = self._finish(generations, request, progress, clock)
        takes = _takes(spec, plan, aligned, clock.laps)
        write = write_into if plan.into_folder else write_takes
        manifests = write(takes, Path(plan.folder), lambda fraction: progress("writing", fraction))
        return Finished(manifests, len(takes[0].generation.stems))

    def _finish(
        self, generations: Sequence[Generation], request: GenerationRequest, progress: Progress, clock: _Clock
    ) -> list[Aligned]:
        """Split and align what needs it; phases that nothing needs are neither reported nor timed."""
        if not all(generation.stems for generation in generations):
            reports = _shares(progress, "separating", len(generations))
            generations = [
                split(generation, request, self._separator, report)
                for generation, report in zip(generations, reports, strict=True)
            ]
            clock.lap("separating")
        reports = _shares(progress, "aligning", len(generations))
        aligned = [
            align(generation, request, report) for generation, report in zip(generations, reports, strict=True)
        ]
        if not all(generation.on_grid for generation in generations):
            clock.lap("aligning")
        return aligned


class _Clock:
    """Seconds by phase."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self.laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        """Note the time since the lap before as that of `name`."""
        now = time.perf_counter()
        self.laps[name], self._last = round(now - self._last, 4), now


def _shares(progress: Progress, phase: Phase, count: int) -> list[Callable[[float], None]]:
    """Return the reports of `count` equal parts of a phase, one after the other."""

    def share(number: int) -> Callable[[float], None]:
        return lambda fraction: progress(phase, (number + fraction) / count)

    return [share(number) for number in range(count)]


def _check(generations: Sequence[Generation], request: GenerationRequest) -> None:
    """Hold every engine to the seam's promises before anything is written."""
    if len(generations) != request.variations:
        raise EngineFailed(f"The engine made {len(generations)} of {request.variations} variations.")
    on_source = request.block.get("task", _FROM_WORDS) != _FROM_WORDS
    for generation in generations:
        shapes = {stem.audio.shape for stem in generation.stems} | {generation.mix.shape}
        frames, *channels = generation.mix.shape
        any_length = on_source or not generation.on_grid
        if len(shapes) > 1 or channels != [2] or not frames or (frames != request.frames and not any_length):
            raise EngineFailed(f"The engine made audio of a wrong length ({shapes}, wanted {request.frames} frames).")


def _takes(spec: JobSpec, plan: TakePaths, aligned: Sequence[Aligned], laps: dict[str, float]) -> list[Take]:
    created = datetime.fromisoformat(plan.created)
    return [
        Take(
            take_id=take_id,
            folder_name=name,
            created=created,
            engine=spec.engine,
            generation=_with_notices(one.generation, spec.notices),
            request=one.request,
            start_beat=spec.start_beat,
            start_seconds=spec.start_seconds,
            bars=float(one.request.length_beats / one.request.meter.bar_beats),
            params=spec.block,
            prompt=spec.prompt,
            bit_depth=spec.block["bit_depth"],
            timings=laps,
            alignment=one.error,
            alignment_details=one.details,
        )
        for take_id, name, one in zip(plan.take_ids, plan.folder_names, aligned, strict=True)
    ]


def _with_notices(generation: Generation, notices: Sequence[str]) -> Generation:
    return replace(generation, notices=(*generation.notices, *notices))
