"""A private X server for a test, on an unused display."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.helpers.leaks import kept_pids

STOP_S = 60.0


@contextmanager
def xvfb(size: str = "1400x800x24") -> Iterator[str]:
    """Run Xvfb and yield the display's name, `:N`."""
    reads, writes = os.pipe()
    command = ["Xvfb", "-displayfd", str(writes), "-screen", "0", size, "-nolisten", "tcp"]
    process = subprocess.Popen(command, pass_fds=[writes], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writes)
    try:
        with os.fdopen(reads) as pipe:
            number = pipe.readline().strip()  # the number once Xvfb is ready, empty if it has ended
        assert number, "Xvfb did not start"
        kept_pids.add(process.pid)
        yield f":{number}"
    finally:
        process.terminate()
        process.wait(STOP_S)
