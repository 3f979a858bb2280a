"""Runs the HTTP application with uvicorn inside the companion's event loop."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import AbstractContextManager, nullcontext, suppress

import uvicorn
from starlette.types import ASGIApp

from bridge.doors.osc.server import PortInUse
from engine.errors import StemBridgeError

BACKLOG = 2048
"""Connections that may wait to be accepted (uvicorn's default): hundreds of clients may connect at once."""
KEEP_ALIVE_S = 75
"""The time that an idle connection stays open (nginx's value).

It is longer than clients keep theirs (httpx 5 s, aiohttp 15 s): if the server closes first, a request that is on its
way is lost.
"""


class HttpServer:
    """One listening socket; it is bound first, so that the port is known before anything else starts."""

    def __init__(self) -> None:
        self._server: _WithoutSignals | None = None
        self._task: asyncio.Task[None] | None = None
        self._socket: socket.socket | None = None
        self.port = 0

    def bind(self, host: str, port: int) -> None:
        """Bind the port; 0 picks a free one.

        Raises
        ------
        PortInUse
            If it is taken.
        StemBridgeError
            If `host` is not an address of this machine.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # With the protocol given, asyncio turns Nagle's algorithm off: else answers wait 40 ms for their second part.
        self._socket = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name == "posix":
            # Else connections of a killed companion block the port for the next one for a minute. On Windows the
            # option would let two programs listen there at once.
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
            self._socket.listen(BACKLOG)
        except OSError as error:
            self._socket.close()
            if PortInUse.is_meant(error):
                raise PortInUse("HTTP", host, port, "--http-port") from None
            raise StemBridgeError(f"The companion cannot listen on {host} ({error.strerror or error}).") from None
        self.port = int(self._socket.getsockname()[1])

    async def start(self, app: ASGIApp) -> None:
        """Serve `app` on the socket that is bound."""
        assert self._socket is not None
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            http="h11",
            ws="none",
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=2,
        )
        self._server = _WithoutSignals(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started and not self._task.done():
            await asyncio.sleep(0.002)

    async def stop(self) -> None:
        """Finish the requests in progress, then close; harmless when never started."""
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            with suppress(asyncio.CancelledError):
                await self._task
        if self._socket is not None:
            self._socket.close()


class _WithoutSignals(uvicorn.Server):
    """uvicorn without its own signal handlers: the companion handles signals."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Leave signals alone."""
        return nullcontext()
