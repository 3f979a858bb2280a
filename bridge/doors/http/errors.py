"""Errors as HTTP answers: `{"error": "…"}` with the matching status."""

from __future__ import annotations

import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from bridge.doors.http.schema import MODELS, is_model_path
from bridge.jobs.queue import QueueFull
from bridge.jobs.store import StoreFailed
from bridge.request.block import InvalidBlock
from engine.errors import EngineUnavailable, InvalidValue, StemBridgeError

log = logging.getLogger("stembridge.http")

BUSY_RETRY_S = 30


class HttpError(Exception):
    """An error to answer with; raised anywhere under a route."""

    def __init__(self, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.headers = status, sentence, dict(headers or {})

    def response(self) -> JSONResponse:
        """Return the answer as JSON."""
        return JSONResponse({"error": self.sentence}, self.status, self.headers)


def too_many(sentence: str, wait_s: float) -> HttpError:
    """Return a 429 with the time to wait before the next try."""
    return HttpError(429, sentence, {"Retry-After": str(max(1, math.ceil(wait_s)))})


def http_error_of(error: StemBridgeError) -> HttpError:
    """Return the answer to an error of ours."""
    if isinstance(error, QueueFull):
        return too_many(str(error), BUSY_RETRY_S)
    if isinstance(error, InvalidValue | InvalidBlock | EngineUnavailable):
        return HttpError(400, str(error))
    if isinstance(error, StoreFailed):
        return HttpError(500, str(error), {"Retry-After": str(BUSY_RETRY_S)})
    return HttpError(500, str(error))


async def _on_http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HttpError)
    return error.response()


async def _on_stembridge_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, StemBridgeError)
    return http_error_of(error).response()


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.url.path
    if error.status_code == 404 and request.method == "POST" and is_model_path(path):
        sentence = f"There is no model {path[4:84]!r} here; there is {' and '.join(MODELS)}."
    elif error.status_code == 404:
        sentence = f"There is nothing at {path}."
    elif error.status_code == 405:
        sentence = f"{request.method} is not allowed at {path}."
    else:
        sentence = str(error.detail)
    return HttpError(error.status_code, sentence, error.headers).response()


async def _on_disconnect(_request: Request, _error: Exception) -> Response:
    return HttpError(400, "The request ended before its body was complete.").response()


async def _on_anything(request: Request, error: Exception) -> Response:
    log.error("%s %s broke", request.method, request.url.path, exc_info=error)
    return HttpError(500, "The companion could not answer this; its log says why.").response()


Handler = Callable[[Request, Exception], Awaitable[Response]]
HANDLERS: dict[Any, Handler] = {
    HttpError: _on_http_error,
    StemBridgeError: _on_stembridge_error,
    HTTPException: _on_http_exception,
    ClientDisconnect: _on_disconnect,
    Exception: _on_anything,
}
"""The functions that Starlette calls, by type of exception."""
