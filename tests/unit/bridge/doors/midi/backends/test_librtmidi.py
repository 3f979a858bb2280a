"""The system's librtmidi, loaded and played through."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from bridge.doors.midi.backends import librtmidi
from bridge.doors.midi.backends.librtmidi_functions import NAMES, Functions
from tests.helpers.debian import LIBRTMIDI, need
from tests.helpers.jack_server import jack_server
from tests.helpers.midi_backend_program import CLOCK, NOTES, START, SYSEX

PROGRAM = (sys.executable, "-m", "tests.helpers.midi_backend_program")


@pytest.fixture(scope="module")
def _librtmidi() -> None:
    if sys.platform != "linux":
        pytest.skip("the system's library is for Linux")
    need(LIBRTMIDI)


def play(backend: str) -> dict[str, object]:
    """Play through a backend in a process of its own; return what it printed."""
    with jack_server():
        done = subprocess.run([*PROGRAM, backend], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return told


def check_played(told: dict[str, object]) -> None:
    """Check that everything arrived, and that a controller is seen as it comes and goes."""
    notes = [[0x90, number, 100] for number in range(NOTES)]
    assert told["received"] == [*notes, CLOCK, SYSEX, START]
    assert all(0.0 <= since_s < 30.0 for since_s in told["since_last_s"])  # type: ignore[attr-defined]
    assert told["hot_plug"] == [False, True, False]
    assert told["error"] == "OSError"


@pytest.mark.usefixtures("_librtmidi")
def test_notes_clock_and_system_exclusive_messages_arrive_whole() -> None:
    told = play("librtmidi")
    assert str(told["label"]).startswith("librtmidi ")
    assert "Jack" in told["systems"]  # type: ignore[operator]
    check_played(told)


@pytest.mark.usefixtures("_librtmidi")
def test_without_a_jack_server_there_is_no_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """RtMidi itself only warns, and `midi ports` would say that MIDI is available."""
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "no such server")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    library = librtmidi.load().library
    with pytest.raises(OSError, match="cannot reach the JACK server"):
        library.MidiIn(library.API_UNIX_JACK, "look", 16)


@pytest.mark.usefixtures("_librtmidi")
def test_a_client_that_was_deleted_says_so_instead_of_crashing() -> None:
    with jack_server():
        library = librtmidi.load().library
        client = library.MidiOut(library.API_UNIX_JACK, "gone")
        client.delete()
        client.delete()
        client.close_port()
        with pytest.raises(OSError, match="it has been closed"):
            client.get_ports()


@pytest.mark.usefixtures("_librtmidi")
def test_the_library_has_all_functions() -> None:
    assert any(_loads(name) for name in NAMES["linux"])


def _loads(name: str) -> bool:
    try:
        return bool(Functions(name).version)
    except OSError:
        return False
