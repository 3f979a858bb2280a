"""Work in threads: how far it is, and whether it should stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from threading import Lock
from typing import TypeVar

T = TypeVar("T")

_THREADS = 2
_POLL_S = 0.03


class Stopped(Exception):
    """Raised in a worker thread when the render was given up; never leaves the renderer."""


class Work:
    """Counts done work from any thread. Only the thread that called `render` tells the user."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._done = 0.0
        self._stopped = False

    def stop(self) -> None:
        """Make every later `advance` raise."""
        self._stopped = True

    def advance(self, amount: float) -> None:
        """Add `amount` to what is done.

        Raises
        ------
        Stopped
            If the render was given up meanwhile.
        """
        if self._stopped:
            raise Stopped
        with self._lock:
            self._done += amount

    @property
    def done(self) -> float:
        """What is done, 0–1."""
        return min(1.0, self._done)


def side_by_side(jobs: Sequence[Callable[[], T]], works: Sequence[Work], report: Callable[[], None]) -> list[T]:
    """Return what `jobs` return, in their order; the calling thread reports meanwhile, and can stop them all."""
    with ThreadPoolExecutor(_THREADS, "sketch-part") as pool:
        futures = [pool.submit(job) for job in jobs]
        try:
            pending: set[Future[T]] = set(futures)
            while pending:
                done, pending = wait(pending, _POLL_S, FIRST_EXCEPTION)
                for future in done:
                    future.result()
                report()
        except BaseException:
            for work in works:
                work.stop()
            for future in futures:
                future.cancel()
            raise
    return [future.result() for future in futures]
