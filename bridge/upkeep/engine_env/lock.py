"""The lock that lets only one process at a time change the engine environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.record import EnvironmentFault, read_begun
from bridge.upkeep.engine_env.run import end_group


@contextmanager
def exclusive(location: Location) -> Iterator[None]:
    """Hold the environment's lock; first end the installing program that a killed process has left running.

    Raises
    ------
    EnvironmentFault
        If another process holds it, or the folder cannot be written to.
    """
    from filelock import FileLock, Timeout

    try:
        location.root.mkdir(parents=True, exist_ok=True)
        with FileLock(location.lock, timeout=0):
            _end_leftover(location)
            yield
    except Timeout:
        raise EnvironmentFault("The engine environment is being changed by another window or command.") from None
    except OSError as error:
        where = error.filename or location.root
        raise EnvironmentFault(f"{where} cannot be written: {error.strerror or error}.") from None


def _end_leftover(location: Location) -> None:
    import psutil

    begun = read_begun(location)
    if begun is not None and begun.pid:
        with suppress(psutil.Error):
            if abs(psutil.Process(begun.pid).create_time() - begun.started) < 1.0:
                end_group(begun.pid)
