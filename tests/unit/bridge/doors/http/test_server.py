"""The server's connections, over a real socket."""

from __future__ import annotations

import asyncio
import socket

import pytest
from starlette.types import Receive, Scope, Send

from bridge.doors.http.server import HttpServer
from bridge.doors.osc.server import PortInUse
from engine.errors import StemBridgeError


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


async def ask(port: int, request: bytes = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") -> bytes:
    """Return everything that is answered to a request until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer


def test_a_bound_port_is_known_before_anything_is_served() -> None:
    async def run() -> None:
        server = HttpServer()
        server.bind("127.0.0.1", 0)
        port = server.port
        assert port > 0
        await server.start(hello)
        assert server.port == port
        assert (await ask(port)).endswith(b"\r\n\r\nhello")
        await server.stop()
        with pytest.raises(ConnectionRefusedError):
            await ask(port)

    asyncio.run(run())


def test_a_port_that_is_taken_is_a_sentence_with_the_way_out() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortInUse, match=f"HTTP port {port} on 127.0.0.1 is already in use.*--http-port"):
            HttpServer().bind("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_that_is_not_this_machines_is_a_sentence(host: str) -> None:
    with pytest.raises(StemBridgeError, match=f"The companion cannot listen on {host}"):
        HttpServer().bind(host, 0)


def test_a_port_can_be_bound_again_at_once() -> None:
    """After a connection the system keeps the pair of addresses for a minute."""

    async def run(port: int) -> int:
        server = HttpServer()
        server.bind("127.0.0.1", port)
        await server.start(hello)
        await ask(server.port)
        await server.stop()
        return server.port

    port = asyncio.run(run(0))
    assert asyncio.run(run(port)) == port


def test_stopping_finishes_the_request_in_progress() -> None:
    async def run() -> bytes:
        begun, may_end = asyncio.Event(), asyncio.Event()

        async def slow(scope: Scope, receive: Receive, send: Send) -> None:
            begun.set()
            await may_end.wait()
            await hello(scope, receive, send)

        server = HttpServer()
        server.bind("127.0.0.1", 0)
        await server.start(slow)
        asked = asyncio.create_task(ask(server.port))
        await asyncio.wait_for(begun.wait(), 10)
        stopping = asyncio.create_task(server.stop())
        await asyncio.sleep(0)
        may_end.set()
        await asyncio.wait_for(stopping, 10)
        return await asked

    assert asyncio.run(run()).endswith(b"hello")


def test_stopping_a_server_that_never_started_is_harmless() -> None:
    async def run() -> None:
        server = HttpServer()
        await server.stop()
        server.bind("127.0.0.1", 0)
        await server.stop()
        await server.stop()

    asyncio.run(run())
