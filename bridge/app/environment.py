"""The engine environment for the window: inspected, installed, repaired and deleted in background threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from bridge.app.background import in_thread
from bridge.upkeep.engine_env.choice import AUTO, devices_of
from bridge.upkeep.engine_env.hardware import Hardware, detect_hardware, detect_system
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.make import EnvironmentOrder, make
from bridge.upkeep.engine_env.progress import InstallStep
from bridge.upkeep.engine_env.record import EnvironmentFault, EnvironmentRecord
from bridge.upkeep.engine_env.remove import remove
from bridge.upkeep.engine_env.requirements import Requirements, own_requirements
from bridge.upkeep.engine_env.state import EnvironmentState, look_at
from bridge.upkeep.engine_env.tools import Tool, find_tool
from engine.errors import Cancelled

T = TypeVar("T")


class EnvironmentDesk:
    """Runs one piece of work on the environment at a time. Thread-safe; progress is reported on the work's thread."""

    def __init__(
        self,
        root: Path,
        find: Callable[[], Tool] = find_tool,
        requirements: Callable[[], Requirements] = own_requirements,
        look_around: Callable[[], Hardware] = detect_hardware,
    ) -> None:
        self.place = Location(root)
        self._find, self._requirements, self._look = find, requirements, look_around
        self._stop = threading.Event()
        self._busy = threading.Lock()

    @property
    def is_busy(self) -> bool:
        """True while an environment is being installed or deleted."""
        return self._busy.locked()

    def devices(self) -> tuple[str, ...]:
        """Return the devices that torch can be installed for on this system, "auto" first."""
        return (AUTO, *devices_of(detect_system()))

    def look(self) -> Future[EnvironmentState]:
        """Return the state of the environment, in a future."""
        return in_thread(lambda: look_at(self.place, self._look()))

    def make(self, device: str, thorough: bool, report: Callable[[InstallStep], None]) -> Future[EnvironmentRecord]:
        """Install the environment, resume an installation or, if `thorough`, repair it.

        The future has the record of what was installed, or an error: `Cancelled` after `cancel`.
        """

        def checked(step: InstallStep) -> None:
            if self._stop.is_set():
                raise Cancelled
            report(step)

        def work() -> EnvironmentRecord:
            order = EnvironmentOrder(self.place, self._look(), self._requirements(), self._find(), device, thorough)
            return make(order, checked)

        return self._alone(work)

    def remove(self) -> Future[int]:
        """Delete the environment; the future has the number of bytes that this freed."""
        return self._alone(lambda: remove(self.place))

    def cancel(self) -> None:
        """Stop the installation at its next report; downloaded files are kept."""
        self._stop.set()

    def _alone(self, work: Callable[[], T]) -> Future[T]:
        """Run `work` in a thread; the future has an `EnvironmentFault` if other work is running."""

        def guarded() -> T:
            if not self._busy.acquire(blocking=False):
                raise EnvironmentFault("Something is being done with the engine environment already.")
            try:
                self._stop.clear()
                return work()
            finally:
                self._busy.release()

        return in_thread(guarded)
