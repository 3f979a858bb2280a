"""Waiting for jobs, on a real queue with a worker that follows a script."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bridge.jobs.job import Job, State
from bridge.jobs.queue import JobQueue
from bridge.jobs.watch import Watch
from bridge.jobs.worker.client import Outcome
from tests.helpers.job_specs import make_spec
from tests.helpers.queue_bench import QueueBench, until


@pytest.fixture
def bench(tmp_path: Path) -> QueueBench:
    return QueueBench(tmp_path)


async def follow(watch: Watch, job_id: str) -> list[tuple[State, float]]:
    return [(job.state, job.progress) async for job in watch.states(job_id)]


def test_a_job_is_followed_from_now_to_its_final_state(bench: QueueBench) -> None:
    async def scene(queue: JobQueue) -> None:
        watch = Watch(queue)
        bench.worker.hold = asyncio.Event()
        job = queue.submit(make_spec(), "daw")
        following = asyncio.create_task(follow(watch, job.id))
        await until(lambda: bench.worker.ran and watch._followers)
        bench.worker.hold.set()
        states = await following
        assert states[0][0] in (State.QUEUED, State.RUNNING)
        assert states[-1] == (State.DONE, 1.0)
        assert watch._followers == {}

    bench.play(scene)


def test_states_between_may_be_lost_but_never_the_last_one(bench: QueueBench) -> None:
    bench.worker.progress = [("generating", number / 100) for number in range(100)]  # all within one step of the loop

    async def scene(queue: JobQueue) -> None:
        watch = Watch(queue)
        job = queue.submit(make_spec(), "daw")
        states = await follow(watch, job.id)
        assert 2 <= len(states) < 100
        assert states[-1] == (State.DONE, 1.0)

    bench.play(scene)


def test_a_state_that_was_yielded_does_not_change_with_the_job(bench: QueueBench) -> None:
    async def scene(queue: JobQueue) -> None:
        watch = Watch(queue)
        bench.worker.hold = asyncio.Event()
        job = queue.submit(make_spec(), "daw")
        seen: list[Job] = []
        async for state in watch.states(job.id):
            seen.append(state)
            if state.state is State.RUNNING:
                bench.worker.hold.set()
        assert [one.state for one in seen] == [State.QUEUED, State.RUNNING, State.DONE]

    bench.play(scene)


def test_the_end_is_waited_for_by_any_number(bench: QueueBench) -> None:
    async def scene(queue: JobQueue) -> None:
        watch = Watch(queue)
        bench.worker.hold = asyncio.Event()
        job = queue.submit(make_spec(), "daw")
        bench.worker.script[job.id] = Outcome("failed", message="It broke.")
        waiting = [asyncio.create_task(watch.ended(job.id)) for _ in range(3)]
        await until(lambda: len(watch._followers.get(job.id, ())) == 3)
        bench.worker.hold.set()
        for ended in await asyncio.gather(*waiting):
            assert (ended.state, ended.message) == (State.FAILED, "It broke.")

    bench.play(scene)


def test_a_job_that_has_ended_is_yielded_once(bench: QueueBench) -> None:
    async def scene(queue: JobQueue) -> None:
        watch = Watch(queue)
        job = queue.submit(make_spec(), "daw")
        await until(bench.ends)
        assert await follow(watch, job.id) == [(State.DONE, 1.0)]
        assert (await watch.ended(job.id)).manifests == ["/p/manifest.json"]

    bench.play(scene)


def test_a_job_that_does_not_exist_has_no_state_and_no_end(bench: QueueBench) -> None:
    async def scene(queue: JobQueue) -> None:
        watch = Watch(queue)
        assert await follow(watch, "nothing") == []
        with pytest.raises(LookupError, match="nothing"):
            await watch.ended("nothing")
        assert watch._followers == {}

    bench.play(scene)


def test_a_cancelled_waiter_leaves_nothing_behind(bench: QueueBench) -> None:
    async def scene(queue: JobQueue) -> None:
        watch = Watch(queue)
        bench.worker.hold = asyncio.Event()
        job = queue.submit(make_spec(), "daw")
        stays, leaves = (asyncio.create_task(watch.ended(job.id)) for _ in range(2))
        await until(lambda: len(watch._followers.get(job.id, ())) == 2)
        leaves.cancel()
        await asyncio.wait([leaves])
        assert len(watch._followers[job.id]) == 1
        bench.worker.hold.set()
        assert (await stays).state is State.DONE

    bench.play(scene)


def test_changes_of_other_jobs_are_not_yielded(bench: QueueBench) -> None:
    async def scene(queue: JobQueue) -> None:
        watch = Watch(queue)
        bench.worker.hold = asyncio.Event()
        first, second = (queue.submit(make_spec(), "daw") for _ in range(2))
        waiting = asyncio.create_task(follow(watch, second.id))
        await until(lambda: watch._followers)
        queue.cancel(first)
        await until(lambda: bench.ends())
        states = await waiting
        assert [state for state, _ in states][-1] is State.DONE
        assert State.CANCELLED not in [state for state, _ in states]

    bench.play(scene)
