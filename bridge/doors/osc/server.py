"""The two OSC sockets: UDP, and TCP with SLIP framing (OSC 1.1), on the same port number."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from pythonosc import slip

from engine.errors import StemBridgeError

log = logging.getLogger("stembridge.osc")

MAX_FRAME_BYTES = 65_535
MAX_UNREAD_BYTES = 1_048_576
FREE_PORT_TRIES = 20
_IN_USE = (errno.EADDRINUSE, 10013, 10048)  # the last two are Windows' numbers


@dataclass(frozen=True, slots=True)
class Peer:
    """The sender of a message: its transport ("udp", "tcp"), host and port."""

    transport: str
    host: str
    port: int


ReceivePacket = Callable[[Peer, bytes], None]


class PortInUse(StemBridgeError):
    """The port that was asked for is taken."""

    def __init__(self, what: str, host: str, port: int, flag: str) -> None:
        super().__init__(
            f"{what} port {port} on {host} is already in use; another companion may be running. "
            f"Close it, or choose another port with {flag} (0 picks a free one)."
        )

    @staticmethod
    def is_meant(error: OSError) -> bool:
        """Return whether `error` says that a port is taken."""
        return error.errno in _IN_USE


class OscServer:
    """Listens on both sockets and hands every packet to `receive(peer, data)` on the event loop's thread."""

    def __init__(self, receive: ReceivePacket) -> None:
        self._receive = receive
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None
        self._streams: dict[Peer, asyncio.StreamWriter] = {}
        self.port = 0

    async def start(self, host: str, port: int) -> None:
        """Bind both sockets; port 0 picks a number that is free on both.

        Raises
        ------
        PortInUse
            If the port is taken; nothing stays bound.
        """
        for _ in range(FREE_PORT_TRIES if port == 0 else 1):
            if await self._bind(host, port):
                return
        raise PortInUse("OSC", host, port, "--osc-port")

    async def _bind(self, host: str, port: int) -> bool:
        loop = asyncio.get_running_loop()
        try:
            udp, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self._receive), (host, port))
        except OSError as error:
            raise _bind_error(error, host, port) from None
        taken = int(udp.get_extra_info("sockname")[1])
        try:
            self._tcp = await asyncio.start_server(self._serve_stream, host, taken, limit=2 * MAX_FRAME_BYTES)
        except OSError:
            udp.close()
            return False
        self._udp, self.port = udp, taken
        return True

    async def stop(self) -> None:
        """Close both sockets and every connection; harmless when already stopped."""
        if self._udp is not None:
            self._udp.close()
        for writer in list(self._streams.values()):
            writer.close()
        if self._tcp is not None:
            self._tcp.close()
            await self._tcp.wait_closed()
        self._udp = self._tcp = None

    def send(self, peer: Peer, data: bytes) -> None:
        """Send one encoded message; a peer that is gone is no error."""
        if peer.transport == "tcp":
            writer = self._streams.get(peer)
            if writer is not None and not writer.is_closing():
                if writer.transport.get_write_buffer_size() > MAX_UNREAD_BYTES:
                    writer.transport.abort()  # it reads nothing: unread replies must not fill the memory
                else:
                    writer.write(slip.encode(data))
        elif self._udp is not None and not self._udp.is_closing():
            with suppress(OSError):
                self._udp.sendto(data, (peer.host, peer.port))

    async def _serve_stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = writer.get_extra_info("peername")[:2]
        peer = Peer("tcp", str(host), int(port))
        self._streams[peer] = writer
        try:
            while True:
                frame = await reader.readuntil(slip.END)
                if frame != slip.END:
                    self._receive(peer, _unframe(frame))
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass  # the client disconnected, or sends no frames: either way its connection ends
        finally:
            self._streams.pop(peer, None)
            writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    """Passes datagrams on."""

    def __init__(self, receive: ReceivePacket) -> None:
        self._receive = receive

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Take one datagram."""
        self._receive(Peer("udp", addr[0], addr[1]), data)

    def error_received(self, exc: Exception) -> None:
        """Note that an earlier reply could not be delivered (ICMP port unreachable)."""
        log.debug("a reply could not be delivered: %s", exc)


def _unframe(frame: bytes) -> bytes:
    try:
        return bytes(slip.decode(frame))
    except slip.ProtocolError:
        return b""  # an empty packet, which is answered with an error


def _bind_error(error: OSError, host: str, port: int) -> StemBridgeError:
    if PortInUse.is_meant(error):
        return PortInUse("OSC", host, port, "--osc-port")
    return StemBridgeError(f"The companion cannot listen on {host}: {error.strerror or error}. Try --host 127.0.0.1.")
