"""The companion's event loop in a thread of its own, so that a slow window never delays a reply to a DAW."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

from bridge.app.events import CoreFailed, CoreReady
from engine.errors import StemBridgeError

if TYPE_CHECKING:
    from bridge.companion import Companion
    from bridge.home.launch_options import LaunchOptions
    from bridge.request.session_state import SessionState

log = logging.getLogger("stembridge.app")
T = TypeVar("T")

STOP_TIMEOUT_S = 20.0
NOT_RUNNING = "The companion does not run just now."
ReportState = Callable[[CoreReady | CoreFailed], None]


class CoreThread:
    """One companion in one thread; it can be started once. Every method may be called from any thread."""

    def __init__(
        self,
        options: LaunchOptions,
        report: ReportState,
        prepare: Callable[[Companion], None],
        stand_in: Callable[[], SessionState],
    ) -> None:
        """`prepare(companion)` runs on the loop's thread before `CoreReady` is reported.

        `stand_in()` returns the session that pads use while no DAW is connected.
        """
        self._options = options
        self._report = report
        self._prepare = prepare
        self._stand_in = stand_in
        self._thread = threading.Thread(target=self._run, name="companion", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._companion: Companion | None = None
        self._end: asyncio.Event | None = None
        self._stop_requested = threading.Event()

    def start(self) -> None:
        """Start; `CoreReady` or `CoreFailed` is reported on the companion's thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the companion and wait for it; harmless when it never started."""
        self._stop_requested.set()
        loop, end = self._loop, self._end
        if loop is not None and end is not None and not loop.is_closed():
            try:
                loop.call_soon_threadsafe(end.set)
            except RuntimeError:
                log.debug("the companion's loop had ended already")
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(STOP_TIMEOUT_S)

    def call(self, work: Callable[[Companion], T]) -> Future[T]:
        """Run `work(companion)` on the companion's thread; the future has its result or its error."""

        async def run() -> T:
            if self._companion is None:
                raise StemBridgeError(NOT_RUNNING)
            return work(self._companion)

        return self._submit(run())

    def _submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        loop = self._loop
        if loop is None or self._companion is None or loop.is_closed():
            coroutine.close()
            failed: Future[T] = Future()
            failed.set_exception(StemBridgeError(NOT_RUNNING))
            return failed
        return asyncio.run_coroutine_threadsafe(coroutine, loop)

    def _run(self) -> None:
        from bridge.doors.osc.server import PortInUse

        try:
            asyncio.run(self._run_companion())
        except StemBridgeError as error:
            self._report(CoreFailed(str(error), isinstance(error, PortInUse)))
        except Exception as error:
            log.exception("the companion broke")
            self._report(CoreFailed(f"The companion broke ({type(error).__name__}: {error}); start it again."))

    async def _run_companion(self) -> None:
        from bridge.companion import Companion

        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        if self._stop_requested.is_set():
            return
        async with Companion(self._options, self._stand_in) as companion:
            self._prepare(companion)
            self._companion = companion
            self._report(CoreReady(companion.osc_port, companion.http_port))
            await self._end.wait()
            self._companion = None
