"""JACK with its dummy driver: MIDI between processes, without a sound card and without privileges."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.debian import need
from tests.helpers.waiting import poll, wait_until

START_S = 60.0


@contextmanager
def jack_server() -> Iterator[None]:
    """Run a private JACK server; programs started inside the block find it by its name in the environment."""
    need("jackd")
    program = shutil.which("jackd")
    assert program
    name = f"stembridge{os.getpid()}"
    # 1024 frames: with shorter periods the dummy driver's clock stops on a busy machine.
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
    def has_socket() -> bool:
        return any(Path("/dev/shm").glob(f"jack_{name}_*"))

    poll(lambda: has_socket() or process.poll() is not None, START_S)
    if not has_socket():
        pytest.skip("jackd does not start here")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Terminate the server: a killed one keeps its slot among the eight servers that a machine may have."""
    process.terminate()
    try:
        process.wait(START_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def jack_output(name: str, to: str, timeout_s: float = 60.0) -> Any:  # noqa: ANN401
    """Return an open RtMidi output named `name`, connected to the port `to` once that exists."""
    import rtmidi

    port = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name)

    def found() -> list[int]:
        return [index for index, there in enumerate(port.get_ports()) if to in there]

    wait_until(found, f"a port {to!r}", timeout_s)
    port.open_port(found()[0], "out")
    return port
