"""The queue with a worker that follows a script: what is run, stored and reported, and in which order."""

from __future__ import annotations

import asyncio
import sqlite3
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.jobs import queue as queue_module
from bridge.jobs.job import Job, State
from bridge.jobs.queue import PHASE_STARTS, JobQueue, QueueFull, overall_progress
from bridge.jobs.store import JobStore, StoreFailed
from bridge.jobs.worker.client import Outcome
from bridge.jobs.worker.take_paths import TakePaths
from bridge.request.job_spec import JobSpec
from engine.contract import Phase
from tests.helpers.job_specs import make_job, make_spec
from tests.helpers.queue_bench import QueueBench, until


@pytest.fixture
def bench(tmp_path: Path) -> QueueBench:
    return QueueBench(tmp_path)


def test_jobs_run_one_after_the_other_and_each_change_is_stored_before_it_is_reported(bench: QueueBench) -> None:
    jobs: list[Job] = []

    async def scene(queue: JobQueue) -> None:
        jobs.extend(queue.submit(make_spec(seed=seed), "daw") for seed in range(3))
        assert queue.count_unfinished() == 3
        await until(lambda: len(bench.ends()) == 3)
        assert queue.count_unfinished() == 0

    bench.play(scene)
    assert bench.worker.ran == [job.id for job in jobs]
    assert bench.ends() == [(job.id, State.DONE) for job in jobs]
    assert bench.stored == [state for _, state, _, _ in bench.reported]


def test_progress_never_falls_and_ends_at_one(bench: QueueBench) -> None:
    bench.worker.progress = [("loading", 0.5), ("generating", 0.5), ("generating", 0.1), ("writing", 1.0)]

    async def scene(queue: JobQueue) -> None:
        job = queue.submit(make_spec(), "daw")
        await until(bench.ends)
        done = queue.get(job.id)
        assert done is not None
        assert (done.progress, done.manifests, done.stems) == (1.0, ["/p/manifest.json"], 4)

    bench.play(scene)
    fractions = [progress for _, _, _, progress in bench.reported]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert [phase for _, _, phase, _ in bench.reported[1:5]] == ["loading", "generating", "generating", "writing"]


def test_a_failed_job_is_reported_and_the_next_one_runs(bench: QueueBench) -> None:
    async def scene(queue: JobQueue) -> None:
        first = queue.submit(make_spec(), "daw")
        bench.worker.script[first.id] = Outcome("failed", message="It broke.")
        second = queue.submit(make_spec(), "daw")
        await until(lambda: len(bench.ends()) == 2)
        assert bench.ends() == [(first.id, State.FAILED), (second.id, State.DONE)]
        failed = queue.get(first.id)
        assert failed is not None
        assert failed.message == "It broke."

    bench.play(scene)


def test_whatever_one_job_breaks_the_next_one_runs(bench: QueueBench) -> None:
    async def scene(queue: JobQueue) -> None:
        bare = queue.submit(JobSpec("sketch", {}, "", 0.0), "daw")  # as an older version could have stored it
        broken = queue.submit(make_spec(), "daw")
        bench.worker.script[broken.id] = RuntimeError("boom")
        whole = queue.submit(make_spec(), "daw")
        await until(lambda: len(bench.ends()) == 3)
        assert bench.ends() == [(bare.id, State.FAILED), (broken.id, State.FAILED), (whole.id, State.DONE)]
        failed = queue.get(broken.id)
        assert failed is not None
        assert "boom" in failed.message

    bench.play(scene)


def test_staging_folders_of_a_job_that_ended_badly_are_cleared(bench: QueueBench, tmp_path: Path) -> None:
    async def scene(queue: JobQueue) -> None:
        job = queue.submit(make_spec(), "daw")
        (staging,) = TakePaths.of(job.id, job.created, job.spec, tmp_path).staging
        staging.mkdir(parents=True)
        (staging / "drums.wav").write_bytes(b"half")
        bench.worker.script[job.id] = Outcome("failed", message="It died.")
        await until(bench.ends)
        assert not staging.parent.exists()

    bench.play(scene)


def test_a_waiting_job_is_cancelled_at_once_and_never_runs(bench: QueueBench) -> None:
    async def scene(queue: JobQueue) -> None:
        bench.worker.hold = asyncio.Event()
        running, waiting = queue.submit(make_spec(), "daw"), queue.submit(make_spec(), "daw")
        await until(lambda: bench.worker.ran)
        queue.cancel(waiting)
        assert bench.ends() == [(waiting.id, State.CANCELLED)]
        queue.cancel(running)
        await until(lambda: len(bench.ends()) == 2)
        assert bench.ends()[1] == (running.id, State.CANCELLED)
        queue.cancel(running)  # a job that has ended stays as it is
        assert len(bench.ends()) == 2

    bench.play(scene)
    assert len(bench.worker.ran) == 1


def test_stopping_fails_what_runs_and_keeps_what_waits(bench: QueueBench, tmp_path: Path) -> None:
    async def scene(queue: JobQueue) -> None:
        bench.worker.hold = asyncio.Event()
        queue.submit(make_spec(), "daw")
        queue.submit(make_spec(), "daw")
        await until(lambda: bench.worker.ran)

    bench.play(scene)
    store = JobStore(tmp_path / "jobs.sqlite3", "later")
    waiting, ran = store.newest(2)
    store.close()
    assert (ran.state, waiting.state) == (State.FAILED, State.QUEUED)
    assert "closed" in ran.message


def test_abandoned_jobs_are_reported_and_their_folders_cleared(bench: QueueBench, tmp_path: Path) -> None:
    staging = tmp_path / "StemBridge" / ".take.part"
    staging.mkdir(parents=True)
    job = make_job(state=State.RUNNING, staging=[str(staging)])
    bench.store.add(job)

    async def scene(queue: JobQueue) -> None:
        queue.report_abandoned([job])

    bench.play(scene)
    assert bench.ends() == [(job.id, State.FAILED)]
    assert not staging.parent.exists()
    assert bench.worker.ran == []


def test_a_full_disk_at_the_end_of_a_job_is_got_over(
    bench: QueueBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_module, "STORE_RETRY_S", 0.001)
    save, failing = bench.store.save, [3]

    def save_sometimes(job: Job) -> None:
        if job.state is State.DONE and failing[0]:
            failing[0] -= 1
            raise StoreFailed(sqlite3.OperationalError("database or disk is full"))
        save(job)

    monkeypatch.setattr(bench.store, "save", save_sometimes)

    async def scene(queue: JobQueue) -> None:
        job = queue.submit(make_spec(), "daw")
        await until(bench.ends)
        assert bench.ends() == [(job.id, State.DONE)]  # reported, though it could not be stored
        queue.cancel(job)  # comes too late, whatever the file still says
        assert bench.ends() == [(job.id, State.DONE)]
        await until(lambda: not failing[0])
        other = queue.submit(make_spec(), "daw")
        await until(lambda: len(bench.ends()) == 2)
        stored = bench.store.get(job.id)
        assert stored is not None
        assert stored.state is State.DONE
        assert bench.worker.ran == [job.id, other.id]  # and it ran once

    bench.play(scene)


def test_too_many_jobs_are_refused(bench: QueueBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_module, "MAX_UNFINISHED", 2)

    async def scene(queue: JobQueue) -> None:
        bench.worker.hold = asyncio.Event()
        queue.submit(make_spec(), "daw")
        queue.submit(make_spec(), "daw")
        with pytest.raises(QueueFull):
            queue.submit(make_spec(), "daw")
        assert queue.count_unfinished() == 2

    bench.play(scene)


def test_an_idle_worker_is_ended(bench: QueueBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_module, "IDLE_UNLOAD_S", 0.01)

    async def scene(queue: JobQueue) -> None:
        await until(lambda: bench.worker.stopped)
        queue.submit(make_spec(), "daw")
        await until(bench.ends)

    bench.play(scene)
    assert len(bench.worker.ran) == 1


def test_the_running_job_is_given_with_its_latest_progress(bench: QueueBench) -> None:
    bench.worker.progress = [("generating", 0.5)]

    async def scene(queue: JobQueue) -> None:
        bench.worker.hold = asyncio.Event()
        job = queue.submit(make_spec(), "daw")
        await until(lambda: bench.worker.ran)
        for found in (queue.get(job.id), queue.newest_of("daw"), queue.newest(1)[0]):
            assert found is not None
            assert found.progress == overall_progress("generating", 0.5)
        assert queue.newest_of("other") is None

    bench.play(scene)


@given(st.sampled_from(get_args(Phase)), st.floats(allow_nan=False))
def test_progress_lies_within_its_phase(phase: Phase, fraction: float) -> None:
    later = [start for start in PHASE_STARTS.values() if start > PHASE_STARTS[phase]]
    assert PHASE_STARTS[phase] <= overall_progress(phase, fraction) <= min(later, default=1.0)


def test_phases_follow_each_other_without_a_gap() -> None:
    phases: tuple[Phase, ...] = get_args(Phase)
    assert list(PHASE_STARTS) == list(phases)
    for phase, following in pairwise(phases[1:]):
        assert overall_progress(phase, 1.0) == overall_progress(following, 0.0)
    assert overall_progress("writing", 1.0) == 1.0
    assert overall_progress("queued", 0.0) == 0.0


def test_new_jobs_are_reported_once_they_are_stored(bench: QueueBench) -> None:
    async def scene(queue: JobQueue) -> None:
        new: list[tuple[str, bool]] = []
        queue.subscribe_new(lambda job: new.append((job.id, bench.store.get(job.id) is not None)))
        job = queue.submit(make_spec(), "daw")
        assert new == [(job.id, True)]
        await until(bench.ends)
        assert len(new) == 1

    bench.play(scene)


def test_waiting_jobs_run_in_their_new_order(bench: QueueBench) -> None:
    async def scene(queue: JobQueue) -> None:
        bench.worker.hold = asyncio.Event()
        running, *waiting = (queue.submit(make_spec(), "daw").id for _ in range(4))
        await until(lambda: bench.worker.ran)
        queue.reorder([waiting[2], waiting[0], running])
        bench.worker.hold.set()
        await until(lambda: len(bench.ends()) == 4)
        assert bench.worker.ran == [running, waiting[2], waiting[1], waiting[0]]

    bench.play(scene)


def test_jobs_of_clients_have_their_latest_progress(bench: QueueBench) -> None:
    bench.worker.progress = [("writing", 0.5)]

    async def scene(queue: JobQueue) -> None:
        bench.worker.hold = asyncio.Event()
        first = queue.submit(make_spec(), "one")
        second = queue.submit(make_spec(), "two")
        await until(lambda: bench.worker.ran)
        found = queue.by_clients(["one", "two"], 9)
        assert [job.id for job in found] == [second.id, first.id]
        assert [job.progress for job in found] == [0.0, overall_progress("writing", 0.5)]
        assert queue.newest_of("one", unfinished=True) is found[1]
        assert queue.get("nothing") is None

    bench.play(scene)


class ColdWorker:
    """A worker without a process; notes what it is asked to load."""

    def __init__(self, pid: int | None, error: OSError | None = None) -> None:
        self.pid, self.error = pid, error
        self.loaded: list[str] = []

    async def warm_up(self, engine: str) -> None:
        self.loaded.append(engine)
        if self.error:
            raise self.error


@pytest.mark.parametrize(
    ("worker", "loaded"),
    [
        (ColdWorker(None), ["sketch"]),
        (ColdWorker(42), []),  # its process runs already
        (ColdWorker(None, OSError("no memory")), ["sketch"]),  # the first job will say so
    ],
)
def test_only_a_cold_worker_is_warmed_up(tmp_path: Path, worker: ColdWorker, loaded: list[str]) -> None:
    async def scene() -> None:
        store = JobStore(tmp_path / "jobs.sqlite3", "session")
        queue = JobQueue(store, worker, tmp_path)  # type: ignore[arg-type]
        await queue.warm_up("sketch")
        assert worker.loaded == loaded
        await queue.stop()
        assert not queue.is_cold
        store.close()

    asyncio.run(scene())
