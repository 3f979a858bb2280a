"""The hosted service's routes for uploads, the account and the history of requests.

Its client sends them to other hosts; here they are all at the companion's URL, under the same paths.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bridge.doors.http.audio import ASSET_PATH
from bridge.doors.http.body import MAX_AUDIO_BYTES, read_json
from bridge.doors.http.companion_routes import whole_number
from bridge.doors.http.hosted_routes import base_url, key_of
from bridge.doors.http.results import error_of, file_path
from bridge.doors.http.schema import MODELS
from bridge.doors.http.service import KEEP_RESULT_S, HostedService
from bridge.doors.http.signed_links import SignedLinks
from bridge.jobs.job import Job, State
from bridge.takes.take import OLD_MIX
from engine.errors import InvalidValue

PER_PAGE = 20
MAX_PAGE = 1_000_000
MAX_UPLOADS = 16
_HISTORY = "/inference-request"
_STATUS = {State.DONE: "COMPLETED", State.FAILED: "FAILED", State.CANCELLED: "FAILED"}


class AccountRoutes:
    """Handlers of uploads, account and history."""

    def __init__(self, service: HostedService, links: SignedLinks) -> None:
        self._service = service
        self._links = links

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/upload-asset", self.upload, methods=["POST"]),
            Route("/api/auth/authenticate", self.account, methods=["GET"]),
            Route("/inference-model-information/list", self.models, methods=["GET"]),
            Route(f"{_HISTORY}/generations", self.generations, methods=["GET"]),
            Route(f"{_HISTORY}/recent-generations", self.recent, methods=["GET"]),
            Route(f"{_HISTORY}/request-history", self.history, methods=["GET"]),
            Route(f"{_HISTORY}/request-history/{{id}}", self.one, methods=["GET"]),
        ]

    async def upload(self, request: Request) -> Response:
        """Keep audio files; answer with a URL for each, which `source_audio` takes."""
        body = await read_json(request, MAX_AUDIO_BYTES)
        urls = body.get("data_urls")
        if not isinstance(urls, list) or not 1 <= len(urls) <= MAX_UPLOADS:
            raise InvalidValue("data_urls", type(urls).__name__, f"a list of 1–{MAX_UPLOADS} base64 data URLs")
        kept = [await self._service.upload("data_urls", str(url), key_of(request)) for url in urls]
        base = base_url(request)
        return JSONResponse({"file_urls": [f"{base}{ASSET_PATH}{name}" for name in kept], "message": "Kept."})

    async def account(self, request: Request) -> Response:
        """Return the key's name and its remaining credits."""
        key = key_of(request)
        left = self._service.credits(key).get("x-remaining-credits")
        credits = None if left is None else int(left)
        return JSONResponse({"name": key.name if key else "this machine", "credits": credits, "unlimited": not left})

    async def models(self, _: Request) -> Response:
        """List the models that requests can name."""
        return JSONResponse({"models": [{"slug": slug, "type": "music"} for slug in MODELS]})

    async def generations(self, request: Request) -> Response:
        """List the finished requests, a page at a time."""
        jobs, page = self._page(request)
        return JSONResponse({"generations": [self._row(j, request) for j in jobs if j.state is State.DONE], **page})

    async def recent(self, request: Request) -> Response:
        """List the newest finished requests."""
        jobs = self._service.history(key_of(request), PER_PAGE)
        return JSONResponse({"generations": [self._row(j, request) for j in jobs if j.state is State.DONE]})

    async def history(self, request: Request) -> Response:
        """List requests in every state, a page at a time."""
        jobs, page = self._page(request)
        return JSONResponse({"requests": [self._row(job, request) for job in jobs], **page})

    async def one(self, request: Request) -> Response:
        """Return one request of this key."""
        job = self._service.find(request.path_params["id"], key_of(request), kept_only=False)
        return JSONResponse(self._row(job, request))

    def _page(self, request: Request) -> tuple[list[Job], dict[str, int]]:
        query = request.query_params
        page = whole_number("page", query.get("page", "1"), 1, MAX_PAGE)
        per_page = whole_number("per_page", query.get("per_page", str(PER_PAGE)), 1, 100)
        jobs = self._service.history(key_of(request), per_page, (page - 1) * per_page)
        return jobs, {"page": page, "per_page": per_page}

    def _row(self, job: Job, request: Request) -> dict[str, object]:
        kept = job.finished is not None and time.time() - job.finished <= KEEP_RESULT_S
        url = base_url(request) + self._links.sign(file_path(job.id, 0, OLD_MIX))
        return {
            "request_id": job.id,
            "model_name": MODELS[0],
            "status": _STATUS.get(job.state, "PENDING"),
            "model_created": datetime.fromtimestamp(job.created, UTC).isoformat(),
            "generation_url": url if kept and job.state is State.DONE else None,
            "latency_ms": None if job.finished is None else round((job.finished - job.created) * 1000.0),
            "credits_deduction": int(job.spec.value("variations")) if job.state is State.DONE else 0,
            "prompt": job.spec.prompt,
            "parameters": job.spec.block,
            "error": error_of(job),
        }
