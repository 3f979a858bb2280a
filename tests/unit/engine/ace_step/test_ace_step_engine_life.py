from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.ace_step.ace_step_engine import AceStepEngine
from engine.ace_step.job import RenderJob
from engine.ace_step.plan import LoadPlan
from engine.ace_step.render import Rendered
from engine.contract import Generation
from engine.errors import Cancelled, EngineFailed, EngineUnavailable, InvalidValue
from tests.helpers.ace_requests import INFO, cancel_after, quiet_progress, request
from tests.helpers.ace_shelf import make_engine, plan_from_folder

torch = pytest.importorskip("torch")


class FakeMemory:
    """Reports a fixed number of free bytes."""

    def __init__(self, free: int) -> None:
        self.free = free

    def free_bytes(self, _device: str) -> int:
        return self.free


def live_bytes() -> int:
    """Return the bytes of all tensors that are still referenced."""
    gc.collect()
    storages = {
        part.untyped_storage().data_ptr(): part.untyped_storage().nbytes()
        for part in gc.get_objects()
        if type(part) in (torch.Tensor, torch.nn.Parameter)
    }
    return sum(storages.values())


@pytest.fixture
def own_engine(models_dir: Path) -> Iterator[AceStepEngine]:
    made = make_engine(INFO, models_dir)
    yield made
    made.unload()


def test_cancel_while_loading_leaves_nothing_loaded(own_engine: AceStepEngine) -> None:
    before = live_bytes()
    with pytest.raises(Cancelled):
        own_engine.load(cancel_after(20))
    assert live_bytes() == before
    own_engine.load(quiet_progress)
    assert len(own_engine.generate(request(), quiet_progress)) == 1


def test_cancel_at_every_report_leaves_no_tensor_behind_and_the_next_job_unchanged(
    engine: AceStepEngine, source_file: Path
) -> None:
    job = request(task="repaint", source_audio=str(source_file), region=[1.0, 2.0], steps=2)
    seen: list[tuple[str, float]] = []
    wanted = engine.generate(job, cancel_after(10_000, seen))[0].mix
    assert [phase for phase, _ in seen] == ["generating"] * len(seen)
    assert [share for _, share in seen] == sorted(share for _, share in seen)
    before = live_bytes()
    for call in range(len(seen)):
        reports: list[tuple[str, float]] = []
        with pytest.raises(Cancelled):
            engine.generate(job, cancel_after(call, reports))
        assert len(reports) == call + 1
    assert live_bytes() == before
    assert np.array_equal(engine.generate(job, quiet_progress)[0].mix, wanted)


def test_every_step_and_every_tile_is_a_place_to_stop(engine: AceStepEngine) -> None:
    few: list[tuple[str, float]] = []
    many: list[tuple[str, float]] = []
    engine.generate(request(steps=2), cancel_after(10_000, few))
    engine.generate(request(steps=12), cancel_after(10_000, many))
    assert len(many) == len(few) + 10


def test_unload_gives_all_memory_back(models_dir: Path) -> None:
    before = live_bytes()
    made = make_engine(INFO, models_dir)
    made.load(quiet_progress)
    made.generate(request(lyrics="[Verse]\nla", lyrics_strength=2.0), quiet_progress)
    assert live_bytes() > before + 100_000
    made.unload()
    assert live_bytes() == before
    made.unload()
    assert len(made.generate(request(), quiet_progress)) == 1
    made.unload()


def test_a_request_that_is_refused_leaves_the_warm_model_alone(engine: AceStepEngine) -> None:
    engine.generate(request(model="tiny-turbo"), quiet_progress)
    for refused in (request(model="tiny-original", cfg=99), request(model="tiny-original", task="cover")):
        with pytest.raises(InvalidValue):
            engine.generate(refused, quiet_progress)
    assert engine._model is not None
    assert engine._model.plan.name == "tiny-turbo"


def test_loading_twice_reads_nothing_twice(engine: AceStepEngine) -> None:
    engine.load(cancel_after(0))


def plan_on_a_fake_gpu(models_dir: Path) -> Callable[[str], LoadPlan]:
    """Return plans for a device that torch knows but that is not called "cpu", so that weights are offloaded."""

    def plan_for(name: str) -> LoadPlan:
        return replace(plan_from_folder(name, models_dir), device="cpu:0")

    return plan_for


def test_too_little_memory_is_refused_in_a_sentence_before_anything_is_loaded(models_dir: Path) -> None:
    small = make_engine(replace(INFO, models=("tiny-turbo",)), models_dir, memory=FakeMemory(300_000_000))
    with pytest.raises(EngineFailed, match=r"tiny-turbo needs at least 0\.\d GB .* and 0\.3 GB are free"):
        small.generate(request(), cancel_after(0))
    with pytest.raises(EngineUnavailable, match="are free"):
        small.load(cancel_after(0))


def test_memory_that_runs_out_in_spite_of_the_estimate_leads_to_a_cheaper_way(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.ace_step.memory import footprint
    from engine.ace_step.render import Renderer
    from tests.helpers.full_ace_step import full_size_checkpoint

    tried = []
    render = Renderer.render

    def sometimes(self: Renderer, job: RenderJob) -> Rendered:
        tried.append((self.memory_plan.offload, self.memory_plan.tile, self.memory_plan.batch))
        if self.memory_plan.offload != "blocks":
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return render(self, job)

    # A tiny model's weights are nothing beside its activations: let it be reckoned as the 2B model.
    full_size = footprint(full_size_checkpoint("2b"), "bfloat16")
    monkeypatch.setattr("engine.ace_step.model.footprint", lambda *_arguments: full_size)
    monkeypatch.setattr(Renderer, "render", sometimes)
    made = make_engine(INFO, models_dir, plan_for=plan_on_a_fake_gpu(models_dir), memory=FakeMemory(10**12))
    results = made.generate(request(variations=2), quiet_progress)
    assert len(results) == 2
    assert tried[0] == ("resident", 512, 2)
    assert tried[-1][0] == "blocks"
    assert any("memory ran full" in notice for notice in results[0].notices)
    made.unload()


def test_memory_that_runs_out_in_every_way_fails_the_job_only(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.ace_step import decode

    only = replace(INFO, models=("tiny-turbo",))
    made = make_engine(only, models_dir, memory=FakeMemory(10**12))
    with monkeypatch.context() as patched:
        patched.setattr(decode, "HOP", "x")  # breaks the decoder
        with pytest.raises(EngineFailed, match="ACE-Step broke"):
            made.generate(request(), quiet_progress)
    with monkeypatch.context() as patched:

        def full(*_arguments: object) -> None:
            raise RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)")

        patched.setattr("engine.ace_step.render.decode", full)
        with pytest.raises(EngineFailed, match="ran full in every way"):
            made.generate(request(), quiet_progress)
    assert len(made.generate(request(), quiet_progress)) == 1
    made.unload()


def test_a_smaller_model_steps_in_only_where_none_was_named(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.ace_step.memory import NotEnoughMemory

    made = make_engine(INFO, models_dir, memory=FakeMemory(10**12))
    generate = AceStepEngine._generate
    monkeypatch.setattr(AceStepEngine, "_smaller_model", lambda _self, _task: "tiny-original")

    def full(self: AceStepEngine, name: str, *rest: Any) -> Sequence[Generation]:  # noqa: ANN401
        if name == "tiny-turbo":
            raise NotEnoughMemory("tiny-turbo needs more.")
        return generate(self, name, *rest)

    monkeypatch.setattr(AceStepEngine, "_generate", full)
    (result,) = made.generate(request(), quiet_progress)
    assert result.model == "tiny-original"
    assert any("smaller model tiny-original" in notice for notice in result.notices)
    with pytest.raises(NotEnoughMemory):
        made.generate(request(model="tiny-turbo"), quiet_progress)
    made.unload()
