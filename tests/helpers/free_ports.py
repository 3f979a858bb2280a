"""Ports that are still free when a program of the test opens them."""

from __future__ import annotations

import os
import random
import socket
from contextlib import suppress

_random = random.Random(os.urandom(8))
"""Not seeded by others: test processes side by side draw different ports."""


def free_udp_port() -> int:
    """Return an unused UDP port below the ephemeral ones (from 32768 on), which the system gives to others."""
    while True:
        port = _random.randint(10_000, 30_000)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
            probe.bind(("", port))
            return port
