"""JACK with its dummy driver: MIDI between processes, without a sound card and without privileges."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import pytest

from bridge.doors.midi.backends.choice import load_backend
from bridge.doors.midi.backends.interface import MidiInput, MidiLibrary, MidiOutput
from bridge.doors.midi.backends.jack_socket import jack_answers
from tests.helpers.debian import LIBRTMIDI, need
from tests.helpers.waiting import poll, wait_until

START_S = 60.0


@contextmanager
def jack_server() -> Iterator[None]:
    """Run a private JACK server; programs started inside the block find it by its name in the environment."""
    need("jackd", *(() if find_spec("rtmidi") else (LIBRTMIDI,)))
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
            _wait_for_socket(process)
            yield
        finally:
            _end(process)


def _wait_for_socket(process: subprocess.Popen[bytes]) -> None:
    poll(lambda: jack_answers() or process.poll() is not None, START_S)
    if not jack_answers():
        pytest.skip("jackd does not start here")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Terminate the server: a killed one keeps its slot among the eight servers that a machine may have."""
    process.terminate()
    try:
        process.wait(START_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def midi_library() -> MidiLibrary:
    """Return the library that the companion would use here."""
    return load_backend().library


def jack_output(name: str, to: str, timeout_s: float = 60.0) -> MidiOutput:
    """Return an open output named `name`, connected to the port `to` once that exists."""
    library = midi_library()
    port = library.MidiOut(library.API_UNIX_JACK, name)

    def found() -> list[int]:
        return [index for index, there in enumerate(port.get_ports()) if to in there]

    wait_until(found, f"a port {to!r}", timeout_s)
    port.open_port(found()[0], "out")
    return port


def jack_controller(name: str, port_name: str) -> MidiOutput:
    """Return an output that others can connect to, as a controller's is."""
    library = midi_library()
    port = library.MidiOut(library.API_UNIX_JACK, name)
    port.open_virtual_port(port_name)
    return port


def jack_input(name: str) -> MidiInput:
    """Return an input named `name` that is not connected yet."""
    library = midi_library()
    return library.MidiIn(library.API_UNIX_JACK, name)
