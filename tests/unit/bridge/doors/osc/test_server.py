"""The two sockets, with real clients in the same event loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import closing

import pytest
from pythonosc import slip

from bridge.doors.osc import server as server_module
from bridge.doors.osc.server import MAX_FRAME_BYTES, OscServer, Peer, PortInUse
from engine.errors import StemBridgeError

HOST = "127.0.0.1"


class Scene:
    """A server, what it has received, and the means to send to it."""

    def __init__(self) -> None:
        self.received: list[tuple[Peer, bytes]] = []
        self.server = OscServer(lambda peer, data: self.received.append((peer, data)))

    async def until_received(self, count: int) -> None:
        while len(self.received) < count:
            await asyncio.sleep(0.001)

    async def stream(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(HOST, self.server.port)


def play(act: Callable[[Scene], Awaitable[None]]) -> Scene:
    scene = Scene()

    async def whole() -> None:
        await scene.server.start(HOST, 0)
        try:
            await asyncio.wait_for(act(scene), 10)
        finally:
            await scene.server.stop()
            await scene.server.stop()
            await asyncio.sleep(0.01)  # lets connections that were closed here end

    asyncio.run(whole())
    return scene


def test_both_sockets_have_one_port_and_replies_go_back() -> None:
    async def act(scene: Scene) -> None:
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as daw:
            daw.setblocking(False)
            daw.bind((HOST, 0))
            daw.sendto(b"/udp", (HOST, scene.server.port))
            await scene.until_received(1)
            scene.server.send(scene.received[0][0], b"/answer")
            assert await asyncio.get_running_loop().sock_recv(daw, 100) == b"/answer"
        reader, writer = await scene.stream()
        writer.write(slip.encode(b"/tcp\xc0\xdb"))
        await scene.until_received(2)
        scene.server.send(scene.received[1][0], b"/back\xc0\xdb")
        assert slip.decode(await reader.readuntil(slip.END)) == b""  # the END in front of a frame
        assert slip.decode(await reader.readuntil(slip.END)) == b"/back\xc0\xdb"
        writer.close()

    scene = play(act)
    assert [(peer.transport, data) for peer, data in scene.received] == [("udp", b"/udp"), ("tcp", b"/tcp\xc0\xdb")]


def test_frames_are_found_however_the_stream_is_cut() -> None:
    frames = [b"/a", b"/b\xc0", b"/c\xdb\xdc", b"x" * MAX_FRAME_BYTES]
    stream = b"".join(map(slip.encode, frames))

    async def act(scene: Scene) -> None:
        _, writer = await scene.stream()
        for start in range(0, len(stream), 997):
            writer.write(stream[start : start + 997])
            await writer.drain()
        await scene.until_received(len(frames))
        writer.close()

    assert [data for _, data in play(act).received] == frames


async def flood(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


def test_a_stream_that_never_ends_a_frame_is_closed() -> None:
    async def act(scene: Scene) -> None:
        _, writer = await scene.stream()
        with pytest.raises(ConnectionError):
            await flood(writer)
        writer.close()

    assert play(act).received == []


def test_a_client_that_reads_nothing_is_cut_off_and_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "MAX_UNREAD_BYTES", 10_000)

    async def act(scene: Scene) -> None:
        _, deaf = await scene.stream()
        deaf.write(slip.encode(b"/hello"))
        await scene.until_received(1)
        peer, _ = scene.received[0]
        while peer in scene.server._streams:
            scene.server.send(peer, b"x" * 60_000)
            await asyncio.sleep(0)
        _, other = await scene.stream()
        other.write(slip.encode(b"/still here"))
        await scene.until_received(2)
        for writer in (deaf, other):
            writer.close()

    assert play(act).received[1][1] == b"/still here"


def test_a_reply_to_a_client_that_is_gone_is_no_error() -> None:
    async def act(scene: Scene) -> None:
        for peer in (Peer("tcp", HOST, 9), Peer("udp", HOST, 9), Peer("udp", "no such host", 9)):
            scene.server.send(peer, b"/answer")
        await asyncio.sleep(0.01)

    play(act)


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM], ids=["udp", "tcp"])
def test_a_port_that_is_taken_on_either_socket_is_refused_and_nothing_stays_bound(kind: int) -> None:
    async def act() -> None:
        with closing(socket.socket(socket.AF_INET, kind)) as other:
            other.bind((HOST, 0))
            if kind == socket.SOCK_STREAM:
                other.listen()
            port = other.getsockname()[1]
            server = OscServer(lambda _peer, _data: None)
            with pytest.raises(PortInUse, match=f"OSC port {port} on {HOST} is already in use"):
                await server.start(HOST, port)
            await asyncio.sleep(0)
        await server.start(HOST, port)  # now that it is free
        assert server.port == port
        await server.stop()

    asyncio.run(act())


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "::ffff:300"])
def test_a_host_that_is_not_ours_is_refused_in_a_sentence(host: str) -> None:
    with pytest.raises(StemBridgeError, match="cannot listen on"):
        asyncio.run(OscServer(lambda _peer, _data: None).start(host, 0))
