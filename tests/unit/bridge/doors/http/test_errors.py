"""Errors as answers: each has its status and its sentence."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route

from bridge.doors.http.errors import BUSY_RETRY_S, HttpError, http_error_of, too_many
from bridge.doors.http.routes import build_app
from bridge.doors.http.signed_links import SignedLinks
from bridge.jobs.queue import QueueFull
from bridge.jobs.store import StoreFailed
from bridge.request.block import InvalidBlock
from engine.errors import EngineUnavailable, InvalidValue, StemBridgeError
from tests.helpers.http_site import HttpSite


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/index.html", 404),
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/jobs/../../etc/passwd", 404),
        ("POST", "/v1/health", 405),
        ("DELETE", "/v1/jobs", 405),
        ("PUT", "/v1/presets", 405),
    ],
)
def test_what_is_not_there_is_an_error_in_json(site: HttpSite, method: str, path: str, status: int) -> None:
    answer = site.ask(path, method)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}
    assert answer.json()["error"].endswith(".")


def test_a_queue_that_cannot_be_read_is_reported(site: HttpSite) -> None:
    site.store.close()
    answer = site.ask("/v1/jobs")
    assert answer.status_code == 500
    assert "queue" in answer.json()["error"]
    assert site.ask("/v1/health").status_code == 500
    assert site.ask("/v1/presets").status_code == 200


@pytest.mark.parametrize(
    ("error", "status", "headers"),
    [
        (InvalidValue("bars", 0, "more than 0"), 400, {}),
        (InvalidBlock(["cfg must be 1–15."]), 400, {}),
        (EngineUnavailable("There is no such engine."), 400, {}),
        (QueueFull(), 429, {"Retry-After": str(BUSY_RETRY_S)}),
        (StoreFailed("The job queue cannot be used."), 500, {"Retry-After": str(BUSY_RETRY_S)}),
        (StemBridgeError("Something else."), 500, {}),
    ],
)
def test_an_error_of_ours_has_its_status_and_its_own_sentence(
    error: StemBridgeError, status: int, headers: dict[str, str]
) -> None:
    answer = http_error_of(error)
    assert (answer.status, answer.sentence, answer.headers) == (status, str(error), headers)


@pytest.mark.parametrize(("wait_s", "header"), [(0.001, "1"), (1.0, "1"), (1.2, "2"), (59.01, "60")])
def test_a_client_is_never_asked_to_come_back_too_early(wait_s: float, header: str) -> None:
    assert too_many("Too many requests.", wait_s).headers == {"Retry-After": header}


def test_an_error_is_json_with_its_headers() -> None:
    response = HttpError(406, "Too few credits.", {"x-remaining-credits": "1"}).response()
    assert (response.status_code, json.loads(response.body)) == (406, {"error": "Too few credits."})
    assert response.headers["x-remaining-credits"] == "1"


def test_a_model_that_is_unknown_is_named_with_those_there_are(site: HttpSite) -> None:
    answer = site.ask("/v1/other-model", "POST")
    assert answer.json() == {"error": "There is no model 'other-model' here; there is ace-step-music."}
    assert site.ask("/v1/other-model").json() == {"error": "There is nothing at /v1/other-model."}


def raise_from_a_route(error: Exception) -> tuple[int, str]:
    """Return status and sentence of the answer of a route that raises `error`."""

    async def broken(_: Request) -> None:
        raise error

    app = build_app([Route("/broken", broken)], lambda _: None, SignedLinks(b"x"))
    sent: list[dict[str, object]] = []
    headers = [(b"host", b"127.0.0.1")]
    scope = {"type": "http", "method": "GET", "path": "/broken", "query_string": b"", "headers": headers}
    scope |= {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "http", "root_path": ""}

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    async def run() -> None:
        with suppress(ZeroDivisionError):  # Starlette raises it again, for the server's log
            await app(scope, receive, send)  # type: ignore[arg-type]

    asyncio.run(run())
    return int(str(sent[0]["status"])), json.loads(sent[1]["body"])["error"]  # type: ignore[arg-type]


def test_a_fault_of_ours_is_logged_and_hides_its_details(caplog: pytest.LogCaptureFixture) -> None:
    assert raise_from_a_route(ZeroDivisionError("secret")) == (
        500,
        "The companion could not answer this; its log says why.",
    )
    assert "GET /broken broke" in caplog.text
    assert "ZeroDivisionError: secret" in caplog.text


def test_a_client_that_breaks_off_and_a_wrong_value_have_their_answers() -> None:
    assert raise_from_a_route(ClientDisconnect()) == (400, "The request ended before its body was complete.")
    status, sentence = raise_from_a_route(InvalidValue("limit", 0, "1–1000"))
    assert (status, sentence) == (400, "limit must be 1–1000, not 0.")
