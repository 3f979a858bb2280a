"""Runs a screen of X11 and one of Wayland that nobody sees, so that the build can open real windows. Linux only."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGES = {"Xvfb": "xvfb", "weston": "weston"}
"""Program → its package in Debian."""
SIZE = "1280x800x24"
READY_TIMEOUT_S = 60.0


class NoScreen(Exception):
    """A screen that did not start."""


@contextmanager
def x11() -> Iterator[dict[str, str]]:
    """Run Xvfb on a free display; yield the variables that lead programs to it."""
    told, tells = os.pipe()
    command = ["Xvfb", "-displayfd", str(tells), "-screen", "0", SIZE, "-nolisten", "tcp"]
    with os.fdopen(told) as answer:
        try:
            process = subprocess.Popen(
                command, pass_fds=(tells,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        finally:
            os.close(tells)
        with _ended_after(process):
            number = answer.readline().strip()  # "" when it has ended
            if not number:
                raise NoScreen(f"Xvfb ended with exit code {process.wait()}")
            yield {"DISPLAY": f":{number}"}


@contextmanager
def wayland() -> Iterator[dict[str, str]]:
    """Run weston without a display of its own; yield the variables that lead programs to it."""
    with tempfile.TemporaryDirectory(prefix="weston-") as folder:  # rights 0700, as Wayland asks
        variables = {"XDG_RUNTIME_DIR": folder, "WAYLAND_DISPLAY": "wayland-build"}
        command = [
            "weston",
            "--no-config",
            "--backend=headless-backend.so",
            "--idle-time=0",
            "--socket=wayland-build",
        ]
        process = subprocess.Popen(
            command,
            env={**os.environ, "XDG_RUNTIME_DIR": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with _ended_after(process):
            _wait_for_socket(Path(folder, "wayland-build"), process)
            yield variables


@contextmanager
def _ended_after(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_socket(path: Path, process: subprocess.Popen[bytes]) -> None:
    end_s = time.monotonic() + READY_TIMEOUT_S
    while process.poll() is None and time.monotonic() < end_s:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(path))
            except OSError:
                time.sleep(0.05)
            else:
                return
    raise NoScreen(f"weston ended with exit code {process.poll()}" if process.poll() else "weston did not answer")
