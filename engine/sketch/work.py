"""Worker threads of the renderer: progress counting and cancelling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from threading import Lock
from typing import TypeVar

T = TypeVar("T")

_THREADS = 2
_POLL_S = 0.03


class Stopped(Exception):
    """Raised in a worker thread when the render was cancelled; never leaves the renderer."""


class WorkProgress:
    """Progress of one job, 0–1, advanced from any thread; only the thread that called `render` reports it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._done = 0.0
        self._stopped = False

    def stop(self) -> None:
        """Cancel: make every later `advance` raise `Stopped`."""
        self._stopped = True

    def advance(self, amount: float) -> None:
        """Add `amount` (a share of the whole job) to the progress.

        Raises
        ------
        Stopped
            If the render has been cancelled.
        """
        if self._stopped:
            raise Stopped
        with self._lock:
            self._done += amount

    @property
    def done(self) -> float:
        """Progress, 0–1."""
        return min(1.0, self._done)


def side_by_side(
    jobs: Sequence[Callable[[], T]], works: Sequence[WorkProgress], report: Callable[[], None]
) -> list[T]:
    """Run `jobs` in two threads and return their results in order.

    Meanwhile the calling thread calls `report` about thirty times a second; an exception from it, or from a job,
    stops all `works` and is raised here.
    """
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
