"""The companion's own routes: health, engines, presets, jobs, their progress, regenerate and again."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bridge import __version__
from bridge.doors.http.engine_list import described_engines
from bridge.doors.http.errors import HttpError
from bridge.doors.http.hosted_routes import key_of
from bridge.doors.http.keys.store import ApiKey
from bridge.doors.http.service import HostedService, requester_of
from bridge.jobs.job import Job
from bridge.jobs.queue import JobQueue
from bridge.jobs.watch import Watch
from bridge.request.presets.presets import Presets
from engine.errors import InvalidValue
from engine.registry import choose

NEWEST_JOBS = 50
MAX_JOBS = 1000
MAX_DIGITS = 9


class CompanionRoutes:
    """Handlers of `/v1/health`, `/v1/engines`, `/v1/presets` and `/v1/jobs…`."""

    def __init__(
        self, service: HostedService, queue: JobQueue, presets: Presets, watch: Watch, models_dir: Path
    ) -> None:
        self._service = service
        self._queue = queue
        self._presets = presets
        self._watch = watch
        self._models_dir = models_dir

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/v1/health", self.health),
            Route("/v1/engines", self.engines),
            Route("/v1/presets", self.presets),
            Route("/v1/jobs", self.jobs),
            Route("/v1/jobs/{id}/events", self.events),
            Route("/v1/jobs/{id}/regenerate", self.regenerate, methods=["POST"]),
            Route("/v1/jobs/{id}/again", self.again, methods=["POST"]),
        ]

    async def health(self, _: Request) -> Response:
        """Report that the companion runs, and the engine that it would use."""
        info = choose("auto", self._models_dir)
        return JSONResponse(
            {
                "status": "ok",
                "version": __version__,
                "engine": info.name,
                "notice": info.notice,
                "unfinished_jobs": self._queue.count_unfinished(),
            }
        )

    async def engines(self, _: Request) -> Response:
        """List the engines of this machine and their models, with what each makes of every key of the block."""
        return JSONResponse({"engines": described_engines(self._models_dir)})

    async def presets(self, _: Request) -> Response:
        """List the presets."""
        listed = [
            {"name": p.name, "group": p.group, "description": p.description, "block": p.block}
            for p in self._presets.all()
        ]
        return JSONResponse({"presets": listed, "problems": self._presets.problems()})

    async def jobs(self, request: Request) -> Response:
        """List the newest jobs of every door; with a key, only those requested with it."""
        count = whole_number("limit", request.query_params.get("limit", str(NEWEST_JOBS)), 1, MAX_JOBS)
        key = key_of(request)
        jobs = self._queue.by_clients([requester_of(key).to_text()], count) if key else self._queue.newest(count)
        return JSONResponse({"jobs": [describe(job) for job in jobs]})

    async def events(self, request: Request) -> Response:
        """Send every change of a job as a server-sent event, until it has ended."""
        job = self._find(request)
        return StreamingResponse(
            self._stream(job.id), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def regenerate(self, request: Request) -> Response:
        """Queue a job's request once more with another seed; answer with the new job."""
        key = key_of(request)
        return self._accepted(self._service.regenerate(self._find(request), key), key)

    async def again(self, request: Request) -> Response:
        """Queue exactly the same job once more, seed included; answer with the new job."""
        key = key_of(request)
        return self._accepted(self._service.again(self._find(request), key), key)

    def _accepted(self, job: Job, key: ApiKey | None) -> Response:
        return JSONResponse(describe(job), headers=self._service.credits(key))

    def _find(self, request: Request) -> Job:
        """Return a job that may be seen with the request's key; a program on this machine sees all."""
        job = self._queue.get(request.path_params["id"])
        key = key_of(request)
        if job is None or (key is not None and job.client != requester_of(key).to_text()):
            raise HttpError(404, f"There is no job {request.path_params['id'][:80]!r}.")
        return job

    async def _stream(self, job_id: str) -> AsyncIterator[str]:
        async for job in self._watch.states(job_id):
            yield f"event: {job.state}\ndata: {json.dumps(describe(job))}\n\n"


def describe(job: Job) -> dict[str, object]:
    """Return a job as JSON."""
    return {
        "id": job.id,
        "state": str(job.state),
        "phase": job.phase,
        "progress": round(job.progress, 4),
        "created": job.created,
        "start_beat": job.spec.start_beat,
        "params": job.spec.block,
        "origin": job.spec.origin,
        "manifests": job.manifests,
        "error": job.message or None,
    }


def whole_number(name: str, text: str, low: int, high: int) -> int:
    """Return the number in a query.

    Raises
    ------
    InvalidValue
        If it is not a whole number, or out of range.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS and low <= int(text) <= high):
        raise InvalidValue(name, text, f"{low}–{high}")
    return int(text)
