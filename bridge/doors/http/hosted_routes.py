"""The hosted ACE-Step service's own routes: v1 answers with the music, v2 with a request to poll."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from bridge.doors.http.audio import MEDIA_TYPES, AudioStore, wanted_format
from bridge.doors.http.body import MAX_AUDIO_BYTES, read_json
from bridge.doors.http.errors import HttpError
from bridge.doors.http.hosted_block import rules_of
from bridge.doors.http.keys.store import ApiKey
from bridge.doors.http.results import TakeFiles, error_of, result_body, status_body, status_code
from bridge.doors.http.schema import MODELS
from bridge.doors.http.service import HostedService
from bridge.doors.http.signed_links import SignedLinks
from bridge.jobs.job import Job, State
from bridge.jobs.watch import Watch

MAX_WAIT_S = 900.0
"""The time that v1 waits for the music before it cancels the job."""


def key_of(request: Request) -> ApiKey | None:
    """Return the key that the request was sent with, None for a program on this machine."""
    return cast("ApiKey | None", request.state.key)


def base_url(request: Request) -> str:
    """Return the companion's URL as this client uses it."""
    return str(request.base_url).rstrip("/")


class HostedRoutes:
    """Handlers of `/v1/MODEL`, `/v2/MODEL` and `/v2/requests/…`."""

    def __init__(
        self,
        service: HostedService,
        watch: Watch,
        audio: AudioStore,
        links: SignedLinks,
        max_wait_s: float = MAX_WAIT_S,
    ) -> None:
        self._service = service
        self._watch = watch
        self._audio = audio
        self._links = links
        self._max_wait_s = max_wait_s

    def routes(self) -> list[Route]:
        """Return the routes."""
        request = "/v2/requests/{id}"
        return [
            Route(request, self.result, methods=["GET"]),
            Route(request, self.cancel, methods=["DELETE"]),
            Route(f"{request}/status", self.status, methods=["GET"]),
            Route(f"{request}/takes/{{take:int}}/{{name}}", self.file, methods=["GET"]),
            *(Route(f"/v1/{model}", self.run, methods=["POST"]) for model in MODELS),
            *(Route(f"/v2/{model}", self.submit, methods=["POST"]) for model in MODELS),
        ]

    async def run(self, request: Request) -> Response:
        """Make the music and answer with it; cancel it if the client disconnects."""
        suffix = wanted_format(request.headers.get("accept", ""))
        key = key_of(request)
        body = await read_json(request, MAX_AUDIO_BYTES)
        job = await self._service.submit(body, key, rules_of(request.headers))
        job = await self._wait(job, request)
        if job.state is not State.DONE:
            raise HttpError(502 if job.engine_died else 500, error_of(job) or "The engine failed.")
        headers = {"x-request-id": job.id, **self._service.credits(key)}
        if job.spec.base64:
            body = await asyncio.to_thread(result_body, job, base_url(request), self._links)
            return JSONResponse(body, headers=headers)
        take = TakeFiles.of(job, 0)
        return await self._audio_file(take, take.mix, suffix, headers)

    async def submit(self, request: Request) -> Response:
        """Queue the music; answer with the URLs to poll."""
        key = key_of(request)
        body = await read_json(request, MAX_AUDIO_BYTES)
        job = await self._service.submit(body, key, rules_of(request.headers))
        return JSONResponse(status_body(job, base_url(request)), headers=self._service.credits(key))

    async def status(self, request: Request) -> Response:
        """Return the status of a request."""
        job = self._find(request)
        return JSONResponse(status_body(job, base_url(request)), status_code(job))

    async def result(self, request: Request) -> Response:
        """Return the result of a request, or its status until there is one."""
        job = self._find(request)
        if job.state is not State.DONE:
            return JSONResponse(status_body(job, base_url(request)), status_code(job))
        return JSONResponse(await asyncio.to_thread(result_body, job, base_url(request), self._links))

    async def cancel(self, request: Request) -> Response:
        """Cancel a request; one that has ended stays as it is."""
        job = self._find(request)
        self._service.cancel(job)
        return JSONResponse(status_body(self._find(request), base_url(request)))

    async def file(self, request: Request) -> Response:
        """Return a file of a take; its audio also as `.flac` or `.mp3`."""
        job = self._find(request)
        take = TakeFiles.of(job, request.path_params["take"])
        name = request.path_params["name"]
        base, _, suffix = name.rpartition(".")
        if found := take.find(name):
            return _file(take.folder / found, suffix, found)
        wav = take.find(f"{base}.wav") if suffix in MEDIA_TYPES else None
        if wav is None:
            raise HttpError(404, f"The take has no file {name[:80]!r}.")
        return await self._audio_file(take, wav, suffix)

    async def _audio_file(
        self, take: TakeFiles, wav: str, suffix: str, headers: dict[str, str] | None = None
    ) -> Response:
        """Return one of a take's WAVs, converted to "flac" or "mp3" where that is the suffix."""
        path = await self._audio.converted(take.folder / wav, take.sha256(wav), suffix, take.path)
        return _file(path, suffix, f"{wav.removesuffix('.wav')}.{suffix}", headers)

    async def _wait(self, job: Job, request: Request) -> Job:
        """Return the job when it has ended; cancel it if the client disconnects or it takes too long."""
        ended = asyncio.create_task(self._watch.ended(job.id))
        disconnected = asyncio.create_task(_disconnect(request))
        try:
            await asyncio.wait({ended, disconnected}, timeout=self._max_wait_s, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                return ended.result()
            self._service.cancel(job)
            raise HttpError(504, f"The music was not ready within {self._max_wait_s:g} s and was cancelled; use v2.")
        except asyncio.CancelledError:
            self._service.cancel(job)
            raise
        finally:
            ended.cancel()
            disconnected.cancel()

    def _find(self, request: Request) -> Job:
        return self._service.find(request.path_params["id"], key_of(request))


async def _disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _file(path: Path, suffix: str, name: str, headers: dict[str, str] | None = None) -> FileResponse:
    kinds = {**MEDIA_TYPES, "json": "application/json", "mid": "audio/midi"}
    if not path.is_file():
        raise HttpError(404, "The files of this request are gone.")
    return FileResponse(path, media_type=kinds[suffix], filename=name, headers=headers)
