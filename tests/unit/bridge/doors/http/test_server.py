"""The server's connections, over a real socket."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Receive, Scope, Send

from bridge.doors.http.server import HttpServer


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


@pytest.mark.slow
def test_a_connection_stays_open_longer_than_clients_keep_theirs() -> None:
    """httpx lets go after 5 s. If the server did so first, requests that are on their way just then would be lost."""

    async def two_requests() -> list[bytes]:
        server = HttpServer()
        server.bind("127.0.0.1", 0)
        await server.start(hello)
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        bodies = []
        for wait_s in (0.0, 6.0):
            await asyncio.sleep(wait_s)
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await reader.readuntil(b"\r\n\r\n")
            bodies.append(await reader.readexactly(5))
        await server.stop()
        writer.close()
        return bodies

    assert asyncio.run(two_requests()) == [b"hello", b"hello"]
