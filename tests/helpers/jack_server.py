"""JACK with its dummy driver: MIDI between processes, without a sound card and without privileges."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.debian import need

START_S = 60.0


@contextmanager
def jack_server() -> Iterator[None]:
    """Run a JACK server of our own; everything started inside finds it by its name in the environment."""
    need("jackd")
    program = shutil.which("jackd")
    assert program
    name = f"stembridge{os.getpid()}"
    # 1024 frames: with shorter periods a busy machine's late ones stop the dummy driver's clock.
    command = [program, "--no-realtime", "-t", "10000", "-n", name, "-d", "dummy", "-r", "48000", "-p", "1024"]
    settings = {"JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1", "JACK_NO_AUDIO_RESERVATION": "1"}
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in settings.items():
            patch.setenv(variable, value)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for_socket(name, process)
            yield
        finally:
            _end(process)


def _wait_for_socket(name: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while not any(Path("/dev/shm").glob(f"jack_{name}_*")):
        if process.poll() is not None or time.monotonic() > end:
            pytest.skip("jackd does not start here")
        time.sleep(0.02)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the server politely: one that is killed keeps its place among the eight that a machine may have."""
    process.terminate()
    try:
        process.wait(START_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def jack_output(name: str, to: str, timeout_s: float = 60.0) -> Any:  # noqa: ANN401
    """Return an open RtMidi output called `name`, connected to the port `to` as soon as that is there."""
    import rtmidi

    port = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name)
    end = time.monotonic() + timeout_s
    while True:
        found = [index for index, there in enumerate(port.get_ports()) if to in there]
        if found:
            port.open_port(found[0], "out")
            return port
        assert time.monotonic() < end, f"no port {to!r} among {port.get_ports()}"
        time.sleep(0.02)
