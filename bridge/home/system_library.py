"""A check whether a shared library of the system can be loaded."""

from __future__ import annotations

import ctypes


def loads(name: str) -> bool:
    """Return whether the system finds and loads the shared library `name`, a file name such as `libatomic.so.1`."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
