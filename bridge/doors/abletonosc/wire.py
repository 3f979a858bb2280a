"""A UDP socket to AbletonOSC on the event loop. OSC by python-osc."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pythonosc.osc_message import OscMessage, ParseError
from pythonosc.osc_message_builder import BuildError, OscMessageBuilder

from bridge.doors.osc.decode import shortest_float32
from bridge.doors.osc.table import OscValue

ReceiveMessage = Callable[[str, list[object]], None]


class Wire(asyncio.DatagramProtocol):
    """One socket to one program; `receive(address, values)` is called for each message from it."""

    def __init__(self, to: tuple[str, int], receive: ReceiveMessage) -> None:
        self._to = to
        self._receive = receive
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, port: int, to: tuple[str, int], receive: ReceiveMessage) -> Wire:
        """Return an open socket at `port` of loopback; 0 picks a free port.

        Raises
        ------
        OSError
            If the port is taken.
        """
        loop = asyncio.get_running_loop()
        _, wire = await loop.create_datagram_endpoint(lambda: cls(to, receive), ("127.0.0.1", port))
        return wire

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        """Keep the transport (asyncio calls this)."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Pass on a message of that program; anything else on the port is ignored (asyncio calls this)."""
        if addr[1] != self._to[1]:
            return
        try:
            message = OscMessage(data)
        except (ParseError, ValueError, IndexError):
            return
        values = [shortest_float32(value) if isinstance(value, float) else value for value in message.params]
        self._receive(message.address, values)

    def error_received(self, exc: Exception) -> None:
        """Ignore that the other program is not running (asyncio calls this)."""

    def send(self, address: str, *values: OscValue) -> None:
        """Send a message; one with a text that OSC cannot encode is not sent."""
        builder = OscMessageBuilder(address)
        try:
            for value in values:
                builder.add_arg(value)
            data = bytes(builder.build().dgram)
        except (BuildError, ValueError):
            return
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data, self._to)

    def close(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.close()
