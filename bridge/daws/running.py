"""Detection of running programs."""

from __future__ import annotations

from collections.abc import Collection


def is_running(names: Collection[str]) -> bool:
    """Return whether a process with one of `names` runs; case-insensitive, and without Windows' `.exe`.

    A name that ends with `*` matches all names that begin with the rest.
    """
    import psutil

    wanted = {name.lower() for name in names}
    starts = tuple(name[:-1] for name in wanted if name.endswith("*"))

    def matches(name: str) -> bool:
        return name in wanted or (bool(starts) and name.startswith(starts))

    return any(
        matches((process.info["name"] or "").lower().removesuffix(".exe"))
        for process in psutil.process_iter(["name", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
    )
