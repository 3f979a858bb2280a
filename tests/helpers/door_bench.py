"""A real desk for tests of doors, with a real queue and store on disk; its jobs are never run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bridge.doors.bus import ClientActive, EventBus
from bridge.doors.connected_daws import ConnectedDaws
from bridge.doors.requester import Requester
from bridge.doors.studio_desk import StudioDesk
from bridge.jobs.job import Job
from bridge.jobs.queue import JobQueue
from bridge.jobs.store import JobStore
from bridge.jobs.worker.client import WorkerClient
from bridge.request.genre_map.genre_map import GenreMap
from bridge.request.presets.presets import Presets
from bridge.request.resolve import Resolver


class DoorBench:
    """The parts that a door is made with; `active` counts the events of an active client."""

    def __init__(self, folder: Path, session: str = "session") -> None:
        self.store = JobStore(folder / "jobs.sqlite3", session)
        self.queue = JobQueue(self.store, WorkerClient(["no such program"]), folder / "takes")
        self.presets = Presets(folder / "presets")
        self.resolver = Resolver(self.presets, GenreMap(folder / "genres.toml"))
        self.bus = EventBus()
        self.daws = ConnectedDaws(self.bus)
        self.desk = StudioDesk(self.queue, self.resolver, self.daws)
        self.active = 0
        self.bus.subscribe(ClientActive, self._count)

    def _count(self, _: ClientActive) -> None:
        self.active += 1

    def close(self) -> None:
        self.store.close()

    def job(self, job_id: str) -> Job:
        job = self.queue.get(job_id)
        assert job is not None
        return job

    def newest_of(self, requester: Requester) -> Job:
        job = self.queue.newest_of(requester.to_text())
        assert job is not None
        return job

    def block_of(self, job_id: str) -> dict[str, Any]:
        return self.job(job_id).spec.block
