from __future__ import annotations

import logging
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from engine.ace_step.speed import Accelerator
from tests.helpers.ace_requests import INFO, quiet_progress, request
from tests.helpers.ace_shelf import make_engine, plan_from_folder
from tests.helpers.tiny_ace_step import tiny_pipeline

torch = pytest.importorskip("torch")

from tests.helpers.tiny_sampler import conditioning, latents  # noqa: E402


@pytest.mark.slow
def test_compiled_blocks_give_the_same_bits_no_job_waits_for_them_and_hooks_still_work(models_dir: Path) -> None:
    from engine.ace_step.attention import use_fused_attention
    from engine.ace_step.lyrics_bias import lyrics_bias

    def graphs() -> int:
        return int(torch._dynamo.utils.counters["stats"]["unique_graphs"])

    pipe = tiny_pipeline()
    use_fused_attention(pipe.transformer)  # as on CUDA
    wanted, longer = latents(pipe), latents(pipe, frames=333)
    with lyrics_bias(pipe, 5.0, 10, conditioning().states):
        biased = latents(pipe)
    speed = Accelerator(pipe, replace(plan_from_folder("tiny-turbo", models_dir), compile=True), backend="eager")
    assert speed.compiled
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    with speed.on_users_path(hooked=False):
        assert torch.equal(latents(pipe), wanted)
    assert graphs() == 0
    speed._pending = [(250, 1)]
    speed.warm_up(threading.RLock())
    assert speed._thread is not None
    speed._thread.join()
    compiled = graphs()
    assert compiled > 0
    with speed.on_users_path(hooked=False):
        assert torch.equal(latents(pipe), wanted)
        assert torch.equal(latents(pipe, frames=333), longer)
    assert graphs() == compiled
    with speed.on_users_path(hooked=True), lyrics_bias(pipe, 5.0, 10, conditioning().states):
        assert torch.equal(latents(pipe), biased)
    torch._dynamo.reset()


def test_blocks_that_do_not_compile_run_eagerly_and_the_log_says_why(
    models_dir: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = tiny_pipeline()
    wanted = latents(pipe)

    def fail(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("no compiler found")

    monkeypatch.setattr(type(pipe.transformer), "compile_repeated_blocks", fail)
    with caplog.at_level(logging.WARNING):
        speed = Accelerator(pipe, replace(plan_from_folder("tiny-turbo", models_dir), compile=True))
    assert not speed.compiled
    assert "no compiler found" in caplog.text
    assert torch.equal(latents(pipe), wanted)


def test_graphs_are_only_recorded_on_cuda_and_for_repeated_shapes(models_dir: Path) -> None:
    plan = plan_from_folder("tiny-turbo", models_dir)
    on_cpu = Accelerator(tiny_pipeline(), plan)
    on_cuda = Accelerator(tiny_pipeline(), replace(plan, device="cuda"))
    assert [on_cpu.forward_for(conditioning(), 1) for _ in range(2)] == [None, None]
    assert on_cuda.forward_for(conditioning(), 1) is None
    kept = on_cuda.forward_for(conditioning(), 1)
    assert kept is not None
    assert on_cuda.forward_for(conditioning(), 1) is kept
    for frames in (260, 270):
        on_cuda.forward_for(conditioning(frames), 1)
        on_cuda.forward_for(conditioning(frames), 1)
    assert on_cuda.forward_for(conditioning(), 1) is not kept


def test_a_new_job_ends_the_warm_up_first(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = threading.Event()
    warm_once = Accelerator._warm_once

    def slowly(self: Accelerator, frames: int, batch: int) -> None:
        started.set()
        self._stop.wait(120)
        warm_once(self, frames, batch)

    monkeypatch.setattr(Accelerator, "_warm_once", slowly)
    monkeypatch.setattr(Accelerator, "_compile", lambda _self, _backend: True)
    warm = make_engine(
        INFO, models_dir, plan_for=lambda name: replace(plan_from_folder(name, models_dir), compile=True)
    )
    warm.load(quiet_progress)
    assert started.wait(120)
    assert len(warm.generate(request(), quiet_progress)) == 1
    warm.unload()


def test_compiled_kernels_are_kept_where_the_plan_says(
    models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    from engine.ace_step.speed import CACHE_VARIABLE

    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    plan = replace(plan_from_folder("tiny-turbo", models_dir), compile=True, cache_dir=tmp_path / "kernels")
    Accelerator(tiny_pipeline(), plan, backend="eager")
    assert os.environ.pop(CACHE_VARIABLE) == str(tmp_path / "kernels")


def test_forgotten_graphs_are_recorded_again_from_the_second_use_on(models_dir: Path) -> None:
    accelerator = Accelerator(tiny_pipeline(), replace(plan_from_folder("tiny-turbo", models_dir), device="cuda"))
    accelerator.forward_for(conditioning(), 1)
    before = accelerator.forward_for(conditioning(), 1)
    accelerator.forget_graphs()
    assert accelerator.forward_for(conditioning(), 1) is None
    assert accelerator.forward_for(conditioning(), 1) is not before


def test_without_compiling_there_is_nothing_to_warm_up(models_dir: Path) -> None:
    accelerator = Accelerator(tiny_pipeline(), plan_from_folder("tiny-turbo", models_dir))
    accelerator.warm_up(threading.RLock())
    assert accelerator._thread is None
    accelerator.stop_warming()
    with accelerator.on_users_path(hooked=True):
        pass


def test_a_warm_up_that_fails_is_logged_and_not_tried_again(
    models_dir: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no kernel")

    monkeypatch.setattr(Accelerator, "_compile", lambda _self, _backend: True)
    monkeypatch.setattr(Accelerator, "_warm_once", fail)
    accelerator = Accelerator(tiny_pipeline(), replace(plan_from_folder("tiny-turbo", models_dir), compile=True))
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            accelerator.warm_up(threading.RLock())
            if accelerator._thread is not None:
                accelerator._thread.join()
    assert caplog.text.count("is not warmed up: a part of it does not compile (no kernel)") == 1


def test_the_warm_up_runs_both_lengths_and_both_batches_and_waits_for_the_lock(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, runs = threading.RLock(), []
    monkeypatch.setattr(Accelerator, "_compile", lambda _self, _backend: True)
    monkeypatch.setattr(Accelerator, "_warm_once", lambda _self, *size: runs.append(size))
    accelerator = Accelerator(tiny_pipeline(), replace(plan_from_folder("tiny-turbo", models_dir), compile=True))
    with lock:
        accelerator.warm_up(lock)
        assert runs == []
    assert accelerator._thread is not None
    accelerator._thread.join()
    assert runs == [(250, 1), (250, 2), (750, 1), (750, 2)]
