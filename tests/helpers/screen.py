"""A virtual screen (Xvfb) with control of its mouse (xdotool), for tests with real windows of real programs."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.helpers.ardour.display import xvfb
from tests.helpers.debian import QT_ON_X11, need

PAUSE_S = 0.15
"""Pause between two mouse events: both programs of a drag must have handled the last one."""


class Screen:
    """One X display and its pointer."""

    def __init__(self, display: str) -> None:
        self.display = display

    def environment(self, home: Path, **more: str) -> Mapping[str, str]:
        """Return the environment of a program that is shown on this screen and keeps its files in `home`."""
        kept = {name: value for name, value in os.environ.items() if name not in ("WAYLAND_DISPLAY", "XAUTHORITY")}
        own = {"DISPLAY": self.display, "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")}
        return {**kept, **own, "QT_QPA_PLATFORM": "xcb", **more}

    def do(self, *words: object) -> str:
        """Run one command of xdotool; return its output."""
        command = ["xdotool", *map(str, words)]
        environment = {**os.environ, "DISPLAY": self.display}
        return subprocess.run(
            command, env=environment, check=True, timeout=120, capture_output=True, text=True
        ).stdout.strip()

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Press at `start`, move to `end` in steps as a hand does, release there."""
        self.do("mousemove", *start)
        time.sleep(PAUSE_S)
        self.do("mousedown", 1)
        time.sleep(PAUSE_S)
        for share in (0.02, 0.05, 0.3, 0.6, 0.9, 0.98, 0.99, 1.0):
            self.do("mousemove", *(round(a + (b - a) * share) for a, b in zip(start, end, strict=True)))
            time.sleep(PAUSE_S)
        time.sleep(2 * PAUSE_S)
        self.do("mouseup", 1)


@contextmanager
def screen(width_px: int, height_px: int) -> Iterator[Screen]:
    """Start a screen; it is closed when the block ends."""
    need("Xvfb", "xdotool", *QT_ON_X11)
    with xvfb(f"{width_px}x{height_px}x24") as display:
        yield Screen(display)


def end(process: subprocess.Popen[str] | subprocess.Popen[bytes], timeout_s: float = 60.0) -> None:
    """Terminate a program that a test has started, and wait for its end."""
    process.terminate()
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
