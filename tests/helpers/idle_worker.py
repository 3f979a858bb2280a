"""A worker without a process: each job runs until it is cancelled or the worker is stopped."""

from __future__ import annotations

import asyncio

from bridge.jobs.worker.client import OnProgress, Outcome


class IdleWorker:
    """Stands in for `WorkerClient` in a companion whose jobs are not to be made.

    Attributes:
        ran: job ids in order.
        warmed: the engines that were asked to be ready.
        pid: None, as that of a worker that has not been started.
    """

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.warmed: list[str] = []
        self.pid: int | None = None
        self._end = asyncio.Event()

    async def run(self, job_id: str, spec: str, plan: str, on_progress: OnProgress, engine: str) -> Outcome:
        self.ran.append(job_id)
        on_progress("generating", 0.5)
        self._end.clear()
        await self._end.wait()
        return Outcome("cancelled")

    async def warm_up(self, engine: str) -> None:
        self.warmed.append(engine)

    def cancel(self, job_id: str) -> None:
        self._end.set()

    async def stop(self) -> None:
        self._end.set()
