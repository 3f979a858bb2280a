"""Emits Qt signals from other threads, whose work may end after the window."""

from __future__ import annotations

import logging
from collections.abc import Callable

log = logging.getLogger("stembridge.desktop")


def post(emit: Callable[..., object], *values: object) -> None:
    """Call a signal's `emit`; harmless once Qt has deleted the signal's source, as it does while a program ends."""
    try:
        emit(*values)
    except RuntimeError as error:
        log.debug("a result came after its window had gone: %s", error)
