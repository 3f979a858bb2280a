"""Access to the routes: by host name, origin, key and signed link."""

import asyncio
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from bridge.doors.http.access import Guard
from bridge.doors.http.keys.store import ApiKey
from bridge.doors.http.signed_links import SignedLinks
from tests.helpers.http_site import HttpSite

LINKS = SignedLinks(b"secret")
KEY = ApiKey("k1", "laptop", 0.0, None, None, 60)


async def _inside(scope: Scope, receive: Receive, send: Send) -> None:
    key = Request(scope).state.key
    await JSONResponse({"key": key.id if key else None})(scope, receive, send)


def ask(
    headers: dict[str, str],
    *,
    client: str = "127.0.0.1",
    path: str = "/v1/health",
    query: str = "",
    method: str = "GET",
) -> tuple[int, bytes]:
    """Return status and body that the guard lets through or answers itself."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:  # noqa: ANN401
        sent.append(message)

    async def receive() -> Any:  # noqa: ANN401
        return {"type": "http.request", "body": b""}

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": (client, 50000),
    }
    guard = Guard(_inside, lambda secret: KEY if secret == "good" else None, LINKS)
    asyncio.run(guard(scope, receive, send))
    return sent[0]["status"], sent[1]["body"]


LOCAL = {"host": "127.0.0.1:9125"}


@pytest.mark.parametrize("host", ["127.0.0.1:9125", "localhost:9125", "[::1]:9125", "LOCALHOST", "192.168.1.7:9125"])
def test_this_machine_needs_no_key_under_any_name_of_its_own(host: str) -> None:
    assert ask({"host": host}) == (200, b'{"key":null}')


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:9125", "127.0.0.1.evil.example", "localhost.evil", "", "[::"]
)
def test_a_name_that_merely_points_here_is_refused(host: str) -> None:
    status, body = ask({"host": host})
    assert status == 403
    assert b"does not answer to the name" in body


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://[", "http://localhost:9125"]
)
def test_a_page_from_elsewhere_is_refused(origin: str) -> None:
    assert ask({**LOCAL, "origin": origin})[0] == 403


def test_the_companions_own_page_is_not() -> None:
    assert ask({**LOCAL, "origin": "http://127.0.0.1:9125"})[0] == 200


def test_another_machine_needs_a_key() -> None:
    status, body = ask(LOCAL, client="192.168.1.20")
    assert status == 401
    assert b"keys create" in body


@pytest.mark.parametrize(
    "header", [{"x-api-key": "good"}, {"authorization": "Bearer good"}, {"Authorization": "bearer good"}]
)
def test_a_good_key_opens_from_anywhere(header: dict[str, str]) -> None:
    assert ask({**LOCAL, **header}, client="192.168.1.20") == (200, b'{"key":"k1"}')


@pytest.mark.parametrize("client", ["127.0.0.1", "192.168.1.20"])
def test_a_wrong_key_is_refused_even_from_this_machine(client: str) -> None:
    assert ask({**LOCAL, "x-api-key": "bad"}, client=client)[0] == 401


def test_a_signed_link_needs_no_key_and_opens_nothing_else() -> None:
    path, _, query = LINKS.sign("/v2/requests/abc/takes/0/mix.wav").partition("?")
    assert ask(LOCAL, client="10.0.0.9", path=path, query=query)[0] == 200
    assert ask(LOCAL, client="10.0.0.9", path=path + "x", query=query)[0] == 401
    assert ask(LOCAL, client="10.0.0.9", path="/v1/jobs", query=query)[0] == 401
    assert ask(LOCAL, client="10.0.0.9", path=path, query=query, method="DELETE")[0] == 401
    assert ask(LOCAL, client="10.0.0.9", path=path, query="sig=")[0] == 401
    assert ask(LOCAL, client="10.0.0.9", path=path, query="sig=%ff%00é")[0] == 401


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("http://127.0.0.1", 200),
        ("http://localhost:9125", 200),
        ("http://evil.example", 403),
        ("http://127.0.0.1.evil.example", 403),
        ("http://localhost.evil.example:9125", 403),
    ],
)
def test_another_host_name_is_not_answered(site: HttpSite, host: str, status: int) -> None:
    assert site.ask("/v1/health", host=host).status_code == status


def test_no_other_origin_may_read_the_answers(site: HttpSite) -> None:
    answer = site.ask("/v1/health", Origin="http://evil.example")
    assert "access-control-allow-origin" not in answer.headers
