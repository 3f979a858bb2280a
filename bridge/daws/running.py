"""Which programs run now."""

from __future__ import annotations

from collections.abc import Collection


def is_running(names: Collection[str]) -> bool:
    """Tell if a process with one of `names` runs; case and Windows' `.exe` make no difference.

    A name that ends with `*` stands for all that begin with it.
    """
    import psutil

    wanted = {name.lower() for name in names}
    starts = tuple(name[:-1] for name in wanted if name.endswith("*"))

    def is_meant(name: str) -> bool:
        return name in wanted or (bool(starts) and name.startswith(starts))

    return any(
        is_meant((process.info["name"] or "").lower().removesuffix(".exe"))
        for process in psutil.process_iter(["name", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
    )
