"""Which programs run now."""

from __future__ import annotations

from collections.abc import Collection


def is_running(names: Collection[str]) -> bool:
    """Tell if a process with one of `names` runs; case and Windows' `.exe` make no difference."""
    import psutil

    wanted = {name.lower() for name in names}
    return any(
        (process.info["name"] or "").lower().removesuffix(".exe") in wanted
        for process in psutil.process_iter(["name", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
    )
