"""One at a time: whoever changes the engine environment holds its lock, and first ends what was left running."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.record import EnvironmentFault, read_begun
from bridge.upkeep.engine_env.run import end_group


@contextmanager
def exclusive(place: Location) -> Iterator[None]:
    """Hold the environment's lock, and end what a maker that was killed has left running.

    Raises
    ------
    EnvironmentFault
        If another process holds it, or the folder cannot be written to.
    """
    from filelock import FileLock, Timeout

    try:
        place.root.mkdir(parents=True, exist_ok=True)
        with FileLock(place.lock, timeout=0):
            _end_leftover(place)
            yield
    except Timeout:
        raise EnvironmentFault("The engine environment is being changed by another window or command.") from None
    except OSError as error:
        where = error.filename or place.root
        raise EnvironmentFault(f"{where} cannot be written: {error.strerror or error}.") from None


def _end_leftover(place: Location) -> None:
    import psutil

    begun = read_begun(place)
    if begun is not None and begun.pid:
        with suppress(psutil.Error):
            if abs(psutil.Process(begun.pid).create_time() - begun.started) < 1.0:
                end_group(begun.pid)
