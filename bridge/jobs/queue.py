"""Runs the queue: one job at a time, in order; each change is stored before listeners are notified."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bridge.jobs.job import Job, Listener, State, new_job_id
from bridge.jobs.store import JobStore, StoreFailed
from bridge.jobs.worker.client import Outcome, WorkerClient
from bridge.jobs.worker.take_paths import TakePaths
from bridge.request.job_spec import JobSpec
from bridge.takes.writer import discard_staging
from engine.contract import Phase
from engine.errors import StemBridgeError

log = logging.getLogger("stembridge.jobs")

IDLE_UNLOAD_S = 600.0
"""Idle time in seconds after which the worker is ended, to free its memory for the DAW."""
STORE_RETRY_S = 2.0
MAX_UNFINISHED = 1000

PHASE_STARTS: dict[Phase, float] = {
    "queued": 0.0,
    "loading": 0.0,
    "generating": 0.1,
    "separating": 0.65,
    "aligning": 0.75,
    "writing": 0.85,
}
"""Start of each phase in the whole job's progress, 0–1."""


class QueueFull(StemBridgeError):
    """Too many jobs are waiting."""

    def __init__(self) -> None:
        super().__init__(f"{MAX_UNFINISHED} jobs are waiting already; cancel some or wait.")


def overall_progress(phase: Phase, fraction: float) -> float:
    """Return the whole job's progress, 0–1, at `fraction` of `phase`."""
    starts = sorted(set(PHASE_STARTS.values()) | {1.0})
    start = PHASE_STARTS[phase]
    end = min((s for s in starts if s > start), default=1.0)
    return start + (end - start) * min(1.0, max(0.0, fraction))


class JobQueue:
    """Accepts jobs from every trigger and runs them; all methods must be called on the event loop's thread."""

    def __init__(self, store: JobStore, worker: WorkerClient, own_takes: Path) -> None:
        """Run the jobs of `store` in `worker`; takes without a project go to the project `own_takes`."""
        self._store = store
        self._worker = worker
        self._own_takes = own_takes
        self._listeners: list[Listener] = []
        self._new_listeners: list[Listener] = []
        self._current: Job | None = None
        self._unsaved: list[Job] = []
        self._wake = asyncio.Event()
        self._stopping = False

    def subscribe(self, listener: Listener) -> None:
        """Call `listener(job)` on every change of a job."""
        self._listeners.append(listener)

    def subscribe_new(self, listener: Listener) -> None:
        """Call `listener(job)` for every job that is submitted."""
        self._new_listeners.append(listener)

    def submit(self, spec: JobSpec, client: str) -> Job:
        """Store a job; it is durable when this returns.

        Raises
        ------
        QueueFull
            If too many jobs are waiting.
        """
        if self._store.count_unfinished() >= MAX_UNFINISHED:
            raise QueueFull
        job = Job(id=new_job_id(), spec=spec, client=client, created=time.time())
        self._store.add(job)
        self._wake.set()
        for listener in self._new_listeners:
            listener(job)
        return job

    def reorder(self, job_ids: Sequence[str]) -> None:
        """Change the order of waiting jobs to that of `job_ids`; other ids are ignored."""
        self._store.reorder(job_ids)

    def get(self, job_id: str) -> Job | None:
        """Return a job with its latest progress, None if there is none with this id."""
        newer = [self._current, *self._unsaved]
        return next((job for job in newer if job and job.id == job_id), None) or self._store.get(job_id)

    def newest_of(self, client: str, unfinished: bool = False) -> Job | None:
        """Return the newest job of `client`, or the newest unfinished one; None if there is none."""
        job = self._store.newest_of(client, unfinished)
        return self.get(job.id) if job else None

    def newest(self, count: int) -> list[Job]:
        """Return the newest jobs, newest first."""
        return [self.get(job.id) or job for job in self._store.newest(count)]

    def by_clients(self, clients: Sequence[str], limit: int, offset: int = 0) -> list[Job]:
        """Return jobs of any of `clients`, newest first."""
        return [self.get(job.id) or job for job in self._store.by_clients(clients, limit, offset)]

    def count_unfinished(self) -> int:
        """Return the number of jobs that are waiting or running."""
        return self._store.count_unfinished()

    def cancel(self, job: Job) -> None:
        """Stop an unfinished job; listeners are notified when it has stopped."""
        standing = self.get(job.id) or job  # the caller's copy may be stale
        if standing is self._current:
            self._worker.cancel(job.id)
        elif not standing.state.is_final:
            self._finish(standing, Outcome("cancelled"))

    @property
    def is_cold(self) -> bool:
        """True if the next job would have to wait for the engine's process to start."""
        return self._worker.pid is None and not self._stopping

    async def warm_up(self, engine: str) -> None:
        """Load `engine` in the background, ahead of the first job."""
        if self.is_cold and self._current is None:
            with suppress(OSError):
                await self._worker.warm_up(engine)

    def report_abandoned(self, jobs: list[Job]) -> None:
        """Report jobs as failed that were running when their companion died, and delete their staging folders."""
        for job in jobs:
            self._finish(
                job, Outcome("failed", message="The companion was ended while this job ran; trigger it again.")
            )

    async def run(self) -> None:
        """Run jobs until `stop`."""
        while not self._stopping:
            try:
                await self._run_next()
            except StoreFailed as error:
                log.error("%s", error)
                await asyncio.sleep(STORE_RETRY_S)

    async def stop(self) -> None:
        """Cancel the running job and make `run` return; waiting jobs are left to the next companion."""
        self._stopping = True
        self._wake.set()
        if self._current is not None:
            self._worker.cancel(self._current.id)

    async def _run_next(self) -> None:
        """Run the first waiting job, or wait for one."""
        while self._unsaved:
            self._store.save(self._unsaved[0])
            self._unsaved.pop(0)
        job = self._store.next_queued()
        if job is not None:
            await self._run_one(job)
            return
        self._wake.clear()
        try:
            await asyncio.wait_for(self._wake.wait(), IDLE_UNLOAD_S)
        except TimeoutError:
            await self._worker.stop()

    async def _run_one(self, job: Job) -> None:
        self._current = job
        try:
            outcome = await self._work_on(job)
        except StoreFailed:
            raise
        except Exception as error:  # no error of one job may stop those behind it
            log.exception("job %s broke the queue", job.id)
            outcome = Outcome("failed", message=f"The job could not be run ({type(error).__name__}: {error}).")
        finally:
            self._current = None
        self._finish(job, outcome)

    async def _work_on(self, job: Job) -> Outcome:
        plan = TakePaths.of(job.id, job.created, job.spec, self._own_takes)
        job.state, job.phase, job.staging = State.RUNNING, "loading", [str(path) for path in plan.staging]
        self._store.save(job)
        self._notify(job)

        def on_progress(phase: Phase, fraction: float) -> None:
            job.phase, job.progress = phase, max(job.progress, overall_progress(phase, fraction))
            self._notify(job)

        outcome = await self._worker.run(job.id, job.spec.to_json(), plan.to_json(), on_progress, job.spec.engine)
        if outcome.kind == "cancelled" and self._stopping:
            outcome = Outcome("failed", message="The companion was closed while this job ran; trigger it again.")
        return outcome

    def _finish(self, job: Job, outcome: Outcome) -> None:
        if outcome.kind != "done":
            discard_staging([Path(path) for path in job.staging])
        job.state, job.message, job.staging = State(outcome.kind), outcome.message, []
        job.finished, job.engine_died = time.time(), outcome.engine_died
        job.manifests, job.stems = list(outcome.manifests), outcome.stems
        job.progress = 1.0 if job.state is State.DONE else job.progress
        try:
            self._store.save(job)
        except StoreFailed as error:
            # The job has ended whether or not it can be stored: notify now, and store it before the next job starts.
            log.error("%s", error)
            self._unsaved.append(job)
        log.info("job %s %s %s", job.id, job.state, job.message)
        self._notify(job)

    def _notify(self, job: Job) -> None:
        for listener in self._listeners:
            listener(job)
