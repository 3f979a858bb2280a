"""Waits for conditions that can only be polled, such as the end of a process or the content of a file.

All loops with a pause in the tests go through `poll`; events, sockets and pipes are waited for without it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

PAUSE_S = 0.01
PATIENCE_S = 120.0
"""The usual limit of a wait: enough on a machine with many times the work that it can do; it costs nothing else."""


def poll(
    condition: Callable[[], Any],
    timeout_s: float,
    step: Callable[[], object] = lambda: None,
    pause_s: float = PAUSE_S,
) -> Any:  # noqa: ANN401
    """Return the value of `condition` once it is true, else its last value at the timeout.

    `step` is called between two checks, before the pause.
    """
    end = time.monotonic() + timeout_s
    while not (value := condition()) and time.monotonic() < end:
        step()
        time.sleep(pause_s)
    return value


def wait_until(condition: Callable[[], Any], what: str, timeout_s: float = PATIENCE_S) -> Any:  # noqa: ANN401
    """Return the value of `condition` once it is true; fail with `what` at the timeout."""
    value = poll(condition, timeout_s)
    assert value, f"not within {timeout_s} s: {what}"
    return value
