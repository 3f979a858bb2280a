"""Runs one job from engine to take: load, generate, separate, align, write."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bridge.jobs.worker.take_paths import TakePaths
from bridge.request.block import default_of
from bridge.request.job_spec import JobSpec
from bridge.takes.layout import check_project_is_there
from bridge.takes.take import Take
from bridge.takes.writer import write_into, write_takes
from engine.contract import AUTO, Engine, Generation, GenerationRequest, Phase, Progress
from engine.errors import EngineFailed
from engine.finish import Aligned, align, split
from engine.registry import create, no_remote
from engine.remote.remote_engine import FindRemote
from engine.separate import Separator

APPLIED_DEFAULTS = ("stems", "task", "variations", "pitch_shift", "sample_rate", "bit_depth")
"""Keys whose default applies whatever the engine; a manifest names them although nobody said them."""
_FROM_WORDS = "text2music"
"""The only task without source audio; results of the others may have the source's length."""


@dataclass(frozen=True, slots=True)
class Finished:
    """Result of a job: the manifests' paths, and the number of stems of the first take."""

    manifests: list[Path]
    stems: int


class JobRunner:
    """Runs jobs; keeps the engine that ran last, and the separator, loaded for the next one."""

    def __init__(
        self,
        models_dir: Path | None = None,
        styles_dir: Path | None = None,
        find_remote: FindRemote = no_remote,
    ) -> None:
        """Use the neural models in `models_dir` and the user's styles in `styles_dir`; None = none.

        `find_remote` returns the address for the engine “remote”.
        """
        self._models_dir = models_dir
        self._styles_dir = styles_dir
        self._find_remote = find_remote
        self._engine: Engine | None = None
        self._separator = Separator(models_dir)

    def load(self, name: str, progress: Progress, model: str = AUTO) -> Engine:
        """Return the engine `name`, with `model` loaded; another engine, and its separator, are unloaded first.

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
        """Run the whole job. All takes are complete when this returns; on any error there is none.

        Raises
        ------
        Cancelled
            Raised by `progress`.
        StemBridgeError
            If the project is gone, the engine or the writing failed; the sentence gives the reason.
        """
        check_project_is_there(spec.project)
        timer = _PhaseTimer()
        engine = self.load(spec.engine, progress, str(spec.block["model"]))
        timer.lap("loading")
        request = spec.generation_request()
        generations = engine.generate(request, progress)
        timer.lap("generating")
        _check(generations, request)
        aligned = self._finish(generations, request, progress, timer)
        takes = _takes(spec, plan, aligned, timer.laps)
        check_project_is_there(spec.project)  # its user may have deleted it meanwhile
        write = write_into if plan.into_folder else write_takes
        manifests = write(takes, Path(plan.folder), lambda fraction: progress("writing", fraction))
        return Finished(manifests, len(takes[0].generation.stems))

    def _finish(
        self, generations: Sequence[Generation], request: GenerationRequest, progress: Progress, timer: _PhaseTimer
    ) -> list[Aligned]:
        """Separate and align the generations that need it; phases that none needs are neither reported nor timed."""
        if not all(generation.stems for generation in generations):
            reports = _shares(progress, "separating", len(generations))
            generations = [
                split(generation, request, self._separator, report)
                for generation, report in zip(generations, reports, strict=True)
            ]
            timer.lap("separating")
        reports = _shares(progress, "aligning", len(generations))
        aligned = [
            align(generation, request, report) for generation, report in zip(generations, reports, strict=True)
        ]
        if not all(generation.on_grid for generation in generations):
            timer.lap("aligning")
        return aligned


class _PhaseTimer:
    """A stopwatch: seconds by phase."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self.laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        """Record the time since the previous lap as that of the phase `name`."""
        now = time.perf_counter()
        self.laps[name], self._last = round(now - self._last, 4), now


def _shares(progress: Progress, phase: Phase, count: int) -> list[Callable[[float], None]]:
    """Return the progress callbacks of `count` equal parts of a phase."""

    def share(number: int) -> Callable[[float], None]:
        return lambda fraction: progress(phase, (number + fraction) / count)

    return [share(number) for number in range(count)]


def _check(generations: Sequence[Generation], request: GenerationRequest) -> None:
    """Check the engine's result against its contract before anything is written."""
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
            bars=one.request.bars,
            params={**{name: default_of(name) for name in APPLIED_DEFAULTS}, **spec.block},
            origin=spec.origin,
            prompt=spec.prompt,
            bit_depth=spec.value("bit_depth"),
            timings=laps,
            alignment=one.error,
            alignment_details=one.details,
        )
        for take_id, name, one in zip(plan.take_ids, plan.folder_names, aligned, strict=True)
    ]


def _with_notices(generation: Generation, notices: Sequence[str]) -> Generation:
    return replace(generation, notices=tuple(dict.fromkeys((*generation.notices, *notices))))
