"""Libraries of the system that others are linked with."""

from __future__ import annotations

import ctypes


def loads(name: str) -> bool:
    """Return whether the system finds and loads the shared library `name`, a file name as `libatomic.so.1`."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
