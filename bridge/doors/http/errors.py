"""Answers that say what was wrong: `{"error": "…"}` with the status that fits."""

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


class Problem(Exception):
    """An answer other than success; raised anywhere under a route."""

    def __init__(self, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.headers = status, sentence, dict(headers or {})

    def response(self) -> JSONResponse:
        """Return it as JSON."""
        return JSONResponse({"error": self.sentence}, self.status, self.headers)


def too_many(sentence: str, wait_s: float) -> Problem:
    """Return the 429 that says when to come back."""
    return Problem(429, sentence, {"Retry-After": str(max(1, math.ceil(wait_s)))})


def problem_of(error: StemBridgeError) -> Problem:
    """Return how an error of ours is told over HTTP."""
    if isinstance(error, QueueFull):
        return too_many(str(error), BUSY_RETRY_S)
    if isinstance(error, InvalidValue | InvalidBlock | EngineUnavailable):
        return Problem(400, str(error))
    if isinstance(error, StoreFailed):
        return Problem(500, str(error), {"Retry-After": str(BUSY_RETRY_S)})
    return Problem(500, str(error))


async def _on_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response()


async def _on_stembridge_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, StemBridgeError)
    return problem_of(error).response()


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
    return Problem(error.status_code, sentence, error.headers).response()


async def _on_disconnect(_request: Request, _error: Exception) -> Response:
    return Problem(400, "The request ended before its body was complete.").response()


async def _on_anything(request: Request, error: Exception) -> Response:
    log.error("%s %s broke", request.method, request.url.path, exc_info=error)
    return Problem(500, "The companion could not answer this; its log says why.").response()


Handler = Callable[[Request, Exception], Awaitable[Response]]
HANDLERS: dict[Any, Handler] = {
    Problem: _on_problem,
    StemBridgeError: _on_stembridge_error,
    HTTPException: _on_http_exception,
    ClientDisconnect: _on_disconnect,
    Exception: _on_anything,
}
"""What Starlette calls for each kind of exception."""
