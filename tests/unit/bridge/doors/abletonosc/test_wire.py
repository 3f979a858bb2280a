"""The socket to AbletonOSC: messages of that program are passed on, and nothing else."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.doors.abletonosc.wire import Wire


@pytest.fixture
def live() -> Iterator[socket.socket]:
    """The other program's socket."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as live:
        live.bind(("127.0.0.1", 0))
        live.settimeout(10)
        yield live


def port_of(wire: Wire) -> tuple[str, int]:
    assert wire._transport is not None
    address: tuple[str, int] = wire._transport.get_extra_info("sockname")
    return address


def packet(address: str, *values: object) -> bytes:
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value)
    return bytes(builder.build().dgram)


def test_junk_on_the_port_and_strangers_are_ignored(live: socket.socket) -> None:
    async def run() -> list[str]:
        received: list[str] = []
        wire = await Wire.open(0, live.getsockname(), lambda address, values: received.append(address))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(b"/live/test\0\0,\0\0\0", port_of(wire))
        for data in (b"", b"junk", b"/a", b"/live/startup\0\0\0,\0\0\0"):
            live.sendto(data, port_of(wire))
        async with asyncio.timeout(10):
            while not received:
                await asyncio.sleep(0.001)
        wire.close()
        return received

    assert asyncio.run(run()) == ["/live/startup"]


def test_values_arrive_with_floats_as_the_decimals_that_were_typed(live: socket.socket) -> None:
    async def run() -> tuple[str, list[object]]:
        message = asyncio.get_running_loop().create_future()
        wire = await Wire.open(0, live.getsockname(), lambda *received: message.set_result(received))
        live.sendto(packet("/live/song/get/tempo", 97.6, 3, "Dorian", True), port_of(wire))
        received = await asyncio.wait_for(message, 10)
        wire.close()
        return received

    assert asyncio.run(run()) == ("/live/song/get/tempo", [97.6, 3, "Dorian", True])


def test_a_message_is_sent_and_one_that_osc_cannot_encode_is_not(live: socket.socket) -> None:
    async def run() -> None:
        wire = await Wire.open(0, live.getsockname(), lambda *_: None)
        wire.send("/live/a", "lone surrogate \ud800")
        wire.send("/live/b", 2**80)
        wire.send("/live/track/set/name", 3, "SB drums")
        wire.close()
        wire.send("/live/after/close")

    asyncio.run(run())
    message = OscMessage(live.recv(1024))
    assert (message.address, list(message.params)) == ("/live/track/set/name", [3, "SB drums"])


def test_a_port_that_is_taken_is_an_error(live: socket.socket) -> None:
    with pytest.raises(OSError, match="in use"):
        asyncio.run(Wire.open(live.getsockname()[1], ("127.0.0.1", 9), lambda *_: None))


def test_a_program_that_is_not_running_is_no_fault() -> None:
    async def run() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
            gone.bind(("127.0.0.1", 0))
            address = gone.getsockname()
        wire = await Wire.open(0, address, lambda *_: None)
        for _ in range(3):
            wire.send("/live/test")
            await asyncio.sleep(0)
        wire.error_received(ConnectionRefusedError())
        wire.close()

    asyncio.run(run())
