"""A job queue on a real store, with a scripted worker."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from bridge.jobs.job import Job, State
from bridge.jobs.queue import JobQueue
from bridge.jobs.store import JobStore
from bridge.jobs.worker.client import OnProgress, Outcome
from bridge.request.job_spec import JobSpec
from engine.contract import Phase

DONE = Outcome("done", ("/p/manifest.json",), 4)


class Worker:
    """A worker with a scripted outcome for each job.

    Attributes:
        script: outcome by job id, or the exception that `run` raises; every other job is done.
        progress: reports of every job.
        hold: if set, a job runs until this event is set or the job is cancelled.
        ran, cancelled: ids of the jobs, in order.
        stopped: number of calls of `stop`.
    """

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.cancelled: list[str] = []
        self.stopped = 0
        self.script: dict[str, Outcome | Exception] = {}
        self.progress: list[tuple[Phase, float]] = []
        self.pid: int | None = None
        self.hold: asyncio.Event | None = None

    async def run(self, job_id: str, spec: str, plan: str, on_progress: OnProgress, engine: str) -> Outcome:
        assert JobSpec.from_json(spec).engine == engine
        self.ran.append(job_id)
        for phase, fraction in self.progress:
            on_progress(phase, fraction)
        if self.hold is not None:
            await self.hold.wait()
        if job_id in self.cancelled:
            return Outcome("cancelled")
        outcome = self.script.get(job_id, DONE)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def cancel(self, job_id: str) -> None:
        self.cancelled.append(job_id)
        if self.hold is not None:
            self.hold.set()

    async def stop(self) -> None:
        self.stopped += 1


class QueueBench:
    """A queue on a real store, and a listener.

    Attributes:
        reported: (id, state, phase, progress) of every notification.
        stored: state of the job in the store at each of them.
    """

    def __init__(self, folder: Path) -> None:
        self.worker = Worker()
        self.store = JobStore(folder / "jobs.sqlite3", "session")
        self.folder = folder
        self.reported: list[tuple[str, State, str, float]] = []
        self.stored: list[State | None] = []

    def note(self, job: Job) -> None:
        self.reported.append((job.id, job.state, job.phase, job.progress))
        on_disk = self.store.get(job.id)
        self.stored.append(on_disk.state if on_disk else None)

    def play(self, scene: Callable[[JobQueue], Awaitable[None]]) -> None:
        """Run the queue while `scene` lasts, then stop it."""

        async def whole() -> None:
            queue = JobQueue(self.store, self.worker, self.folder)  # type: ignore[arg-type]
            queue.subscribe(self.note)
            running = asyncio.create_task(queue.run())
            await asyncio.wait_for(scene(queue), 10)
            await queue.stop()
            await asyncio.wait_for(running, 10)

        try:
            asyncio.run(whole())
        finally:
            self.store.close()

    def ends(self) -> list[tuple[str, State]]:
        """Return (id, state) of the jobs that have ended, in order."""
        return [(job_id, state) for job_id, state, _, _ in self.reported if state.is_final]


async def until(condition: Callable[[], object]) -> None:
    """Wait until `condition()` is true."""
    while not condition():
        await asyncio.sleep(0.001)
