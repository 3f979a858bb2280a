"""Waits for changes of a job, from any coroutine of the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace

from bridge.jobs.job import Job
from bridge.jobs.queue import JobQueue


class _Follower:
    """Latest state of a job for one waiting coroutine; states in between may be skipped, the last one never is."""

    def __init__(self) -> None:
        self._latest: Job | None = None
        self._changed = asyncio.Event()

    def update(self, job: Job) -> None:
        self._latest = replace(job)
        self._changed.set()

    async def next(self) -> Job:
        await self._changed.wait()
        self._changed.clear()
        assert self._latest is not None
        return self._latest


class Watch:
    """Lets coroutines wait for changes of the jobs of one queue."""

    def __init__(self, queue: JobQueue) -> None:
        """Subscribe to `queue`."""
        self._queue = queue
        self._followers: dict[str, list[_Follower]] = {}
        queue.subscribe(self._update)

    async def states(self, job_id: str) -> AsyncIterator[Job]:
        """Yield the job now and after every change, up to its final state; yield nothing if it does not exist."""
        with self._following(job_id) as follower:
            job = self._queue.get(job_id)
            while job is not None:
                yield job
                job = None if job.state.is_final else await follower.next()

    async def ended(self, job_id: str) -> Job:
        """Return the job once it is final.

        Raises
        ------
        LookupError
            If there is no such job.
        """
        last = None
        async for job in self.states(job_id):
            last = job
        if last is None:
            raise LookupError(job_id)
        return last

    @contextmanager
    def _following(self, job_id: str) -> Iterator[_Follower]:
        follower = _Follower()
        self._followers.setdefault(job_id, []).append(follower)
        try:
            yield follower
        finally:
            self._followers[job_id].remove(follower)
            if not self._followers[job_id]:
                del self._followers[job_id]

    def _update(self, job: Job) -> None:
        for follower in self._followers.get(job.id, ()):
            follower.update(job)
