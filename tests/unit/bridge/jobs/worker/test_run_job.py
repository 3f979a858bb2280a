"""One job from engine to take, with engines that keep the contract and some that break it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bridge.jobs.worker import run_job
from bridge.jobs.worker.run_job import Finished, JobRunner
from bridge.jobs.worker.take_paths import TakePaths
from bridge.request.block import defaults
from bridge.request.job_spec import JobSpec
from bridge.takes.manifest import read_manifest
from engine.contract import AUTO, EngineInfo, Generation, GenerationRequest, Phase, Progress, Stem
from engine.errors import Cancelled, EngineFailed, EngineUnavailable, StemBridgeError
from engine.registry import SKETCH

SPEC = JobSpec(
    engine="sketch",
    block={
        **defaults(),
        "genres": "funk",
        "tempo": 240.0,
        "time_signature": "4/4",
        "bars": 1.0,
        "seed": 7,
        "engine": "sketch",
        "model": "sketch-1",
        "sample_rate": 8_000,
    },
    prompt="funk, 240 BPM",
    start_beat=4.0,
    notices=["Genres taken from the map."],
)

Spoil = Callable[[Generation], Generation]


class Toy:
    """An engine that makes a click per beat; `spoil` breaks what it has made."""

    made: list[Toy] = []  # noqa: RUF012

    def __init__(self, info: EngineInfo = SKETCH) -> None:
        self.info = info
        self.loaded = 0
        self.unloaded = 0
        self.spoil: Spoil = lambda generation: generation
        self.too_few = False
        Toy.made.append(self)

    def load(self, progress: Progress, model: str = AUTO) -> None:
        progress("loading", 1.0)
        self.loaded += 1

    def unload(self) -> None:
        self.unloaded += 1

    def generate(self, request: GenerationRequest, progress: Progress) -> Sequence[Generation]:
        progress("generating", 0.5)
        audio = np.zeros((request.frames, 2), np.float32)
        audio[::2_000] = 0.5
        count = request.variations - self.too_few
        stems = (Stem("drums", audio, None, True), Stem("bass", audio * np.float32(0.5)))
        return [
            self.spoil(Generation(stems, audio * np.float32(1.5), request.seed + n, None, "toy-1", True))
            for n in range(count)
        ]


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> JobRunner:
    Toy.made = []
    monkeypatch.setattr(run_job, "create", lambda name, *_: Toy(replace(SKETCH, name=name)))
    return JobRunner()


def quiet(_phase: Phase, _fraction: float) -> None:
    pass


def run(runner: JobRunner, folder: Path, spec: JobSpec = SPEC, progress: Progress = quiet) -> Finished:
    return runner.perform(spec, TakePaths.of("ab12", time.time(), spec, folder), progress)


def test_a_job_becomes_a_take(runner: JobRunner, tmp_path: Path) -> None:
    finished = run(runner, tmp_path)
    (path,) = finished.manifests
    manifest = read_manifest(path)
    assert finished.stems == len(manifest["stems"]) == 2
    assert (manifest["id"], manifest["model"], manifest["frames"]) == ("ab12", "toy-1", 8_000)
    assert manifest["notices"][-1] == "Genres taken from the map."
    assert {"loading", "generating", "writing"} <= set(manifest["timings"])


def test_variations_become_a_take_each(runner: JobRunner, tmp_path: Path) -> None:
    finished = run(runner, tmp_path, SPEC.with_block({"variations": 3}))
    assert [read_manifest(path)["params"]["seed"] for path in finished.manifests] == [7, 8, 9]


def test_phases_come_in_order(runner: JobRunner, tmp_path: Path) -> None:
    reported: list[tuple[Phase, float]] = []
    run(runner, tmp_path, progress=lambda phase, fraction: reported.append((phase, fraction)))
    assert list(dict.fromkeys(phase for phase, _ in reported)) == ["loading", "generating", "writing"]
    writing = [fraction for phase, fraction in reported if phase == "writing"]
    assert writing == sorted(writing)
    assert (writing[0], writing[-1]) == (0.0, 1.0)


def test_the_engine_stays_loaded_and_gives_way_to_another(runner: JobRunner, tmp_path: Path) -> None:
    run(runner, tmp_path)
    run(runner, tmp_path / "second")
    (engine,) = Toy.made
    assert (engine.loaded, engine.unloaded) == (2, 0)
    runner.load("ace-step", quiet)
    assert engine.unloaded == 1
    assert [made.info.name for made in Toy.made] == ["sketch", "ace-step"]


SPOILS: dict[str, Spoil] = {
    "a stem too short": lambda g: replace(g, stems=(replace(g.stems[0], audio=g.stems[0].audio[:-1]), g.stems[1])),
    "a mix too long": lambda g: replace(g, mix=np.concatenate([g.mix, g.mix[:1]])),
    "mono": lambda g: replace(g, mix=g.mix[:, :1]),
    "nothing at all": lambda g: replace(g, stems=(), mix=g.mix[:0]),
    "off the grid, stems of two lengths": lambda g: replace(g, on_grid=False, mix=g.mix[:-1]),
    "not a number": lambda g: replace(g, mix=np.full_like(g.mix, np.nan)),
    "endless": lambda g: replace(g, mix=np.full_like(g.mix, np.inf)),
}


@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS.keys())
def test_a_result_that_breaks_the_contract_is_refused_and_leaves_nothing(
    runner: JobRunner, tmp_path: Path, spoil: Spoil
) -> None:
    engine = runner.load("sketch", quiet)
    engine.spoil = spoil  # type: ignore[attr-defined]
    with pytest.raises(EngineFailed) as caught:
        run(runner, tmp_path)
    assert str(caught.value).endswith(".")
    assert list(tmp_path.iterdir()) == []


def test_too_few_variations_are_refused(runner: JobRunner, tmp_path: Path) -> None:
    engine = runner.load("sketch", quiet)
    engine.too_few = True  # type: ignore[attr-defined]
    with pytest.raises(EngineFailed, match="1 of 2 variations"):
        run(runner, tmp_path, SPEC.with_block({"variations": 2}))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("phase", ["loading", "generating", "writing"])
@pytest.mark.parametrize("into", [False, True])
def test_a_cancel_in_any_phase_leaves_nothing(runner: JobRunner, tmp_path: Path, phase: str, into: bool) -> None:
    def cancelled_at(now: Phase, fraction: float) -> None:
        if now == phase and fraction >= 0.5:
            raise Cancelled

    spec = replace(SPEC, into=str(tmp_path / "new" / "out")) if into else SPEC
    with pytest.raises(Cancelled):
        run(runner, tmp_path, spec, cancelled_at)
    assert list(tmp_path.iterdir()) == []
    assert run(runner, tmp_path, spec).stems == 2


def test_a_take_goes_right_into_the_folder_that_was_named(runner: JobRunner, tmp_path: Path) -> None:
    out = tmp_path / "out"
    finished = run(runner, tmp_path, replace(SPEC, into=str(out)))
    assert finished.manifests == [out / "manifest.json"]
    with pytest.raises(StemBridgeError):
        run(runner, tmp_path, replace(SPEC, into=str(out)))  # nothing is ever overwritten
    assert read_manifest(out / "manifest.json")["id"] == "ab12"


def test_an_engine_that_cannot_load_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def unavailable(*_: object) -> Toy:
        raise EngineUnavailable("Not here.")

    monkeypatch.setattr(run_job, "create", unavailable)
    with pytest.raises(EngineUnavailable):
        run(JobRunner(), tmp_path)
    assert list(tmp_path.iterdir()) == []
