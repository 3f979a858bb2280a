"""How far a render is, and whether it should stop: one counter shared by the threads that work on it."""

from __future__ import annotations

from threading import Lock


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
