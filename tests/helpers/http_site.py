"""The HTTP application of a companion, asked in memory; its queue never runs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from bridge.doors.http.door import HttpDoor
from bridge.doors.http.keys.store import ApiKey, KeyStore
from bridge.doors.requester import Requester
from bridge.home.folders import Folders
from bridge.jobs.job import Job, State
from bridge.request.job_spec import JobSpec
from tests.helpers.door_bench import DoorBench
from tests.helpers.job_specs import make_spec

HOST = "http://127.0.0.1:9125"
LOCAL = Requester.http().to_text()


class HttpSite(DoorBench):
    """The application on a queue that never runs."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folders = Folders(folder, folder)
        self.keys = KeyStore(self.folders.keys)
        self.door = HttpDoor(self.folders, self.desk, self.queue, self.presets, self.keys, "auto")
        self.app = self.door.app

    def close(self) -> None:
        super().close()
        self.keys.close()

    async def send(
        self, path: str, method: str = "GET", host: str = HOST, json: object = None, **headers: str
    ) -> httpx.Response:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=host) as client:
            return await client.request(method, path, headers=names, json=json)

    def ask(
        self, path: str, method: str = "GET", host: str = HOST, json: object = None, **headers: str
    ) -> httpx.Response:
        return asyncio.run(self.send(path, method, host, json, **headers))

    def add(
        self, job_id: str, client: str = "", spec: JobSpec | None = None, created: float = 1.0, **fields: object
    ) -> Job:
        """Store a job as it is; jobs of a later call are newer."""
        job = Job(id=job_id, spec=spec or make_spec(), client=client, created=created)
        self.store.add(job)
        for name, value in fields.items():
            setattr(job, name, value)
        self.store.save(job)
        return job

    def add_done(self, job_id: str, *manifests: Path, client: str = LOCAL, **fields: object) -> Job:
        """Store a finished job with these takes."""
        values: dict[str, Any] = {"finished": 4_000_000_000.0, "state": State.DONE, "stems": 2, **fields}
        return self.add(job_id, client, manifests=[str(path) for path in manifests], **values)

    def key(self, **limits: Any) -> tuple[ApiKey, dict[str, str]]:  # noqa: ANN401
        """Make an API key; return it and the header that carries its secret."""
        key, secret = self.keys.create("laptop", **limits)
        return key, {"x_api_key": secret}


def with_base64(spec: JobSpec) -> JobSpec:
    return replace(spec, base64=True)
