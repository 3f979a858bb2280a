"""The companion's own HTTP routes: is it there, which presets, which jobs.

Only pages and programs that name this very host are answered (`Host` is checked), so that a web page cannot reach the
companion by a name of its own that points to loopback.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bridge import __version__
from bridge.jobs.job import Job
from bridge.jobs.queue import JobQueue
from bridge.presets.presets import Presets
from engine.errors import InvalidValue
from engine.registry import choose

NEWEST_JOBS = 50
MAX_JOBS = 1000


def build_app(queue: JobQueue, presets: Presets, models_dir: Path | None = None) -> Starlette:
    """Return the application."""

    async def health(_: Request) -> JSONResponse:
        info = choose("auto", models_dir)
        return JSONResponse(
            {
                "status": "ok",
                "version": __version__,
                "engine": info.name,
                "notice": info.notice,
                "unfinished_jobs": queue.count_unfinished(),
            }
        )

    async def list_presets(_: Request) -> JSONResponse:
        listed = [
            {"name": p.name, "group": p.group, "description": p.description, "block": p.block} for p in presets.all()
        ]
        return JSONResponse({"presets": listed, "problems": presets.problems()})

    async def list_jobs(request: Request) -> JSONResponse:
        try:
            count = _count(request.query_params.get("limit", str(NEWEST_JOBS)))
        except InvalidValue as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        return JSONResponse({"jobs": [describe(job) for job in queue.newest(count)]})

    routes = [
        Route("/v1/health", health),
        Route("/v1/presets", list_presets),
        Route("/v1/jobs", list_jobs),
    ]
    handlers: dict[Any, Any] = {404: _not_found, 405: _wrong_method}
    return Starlette(
        routes=routes,
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"], www_redirect=False)],
        exception_handlers=handlers,
    )


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
        "manifests": job.manifests,
        "error": job.message or None,
    }


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MAX_JOBS:
        raise InvalidValue("limit", text, f"1–{MAX_JOBS}")
    return int(text)


async def _not_found(request: Request, _: Exception) -> JSONResponse:
    return JSONResponse({"error": f"There is nothing at {request.url.path}."}, status_code=404)


async def _wrong_method(request: Request, _: Exception) -> JSONResponse:
    return JSONResponse({"error": f"{request.method} is not allowed at {request.url.path}."}, status_code=405)
