"""JACK is looked for by its socket, without libjack."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.doors.midi.backends import jack_socket

if sys.platform == "win32":
    pytest.skip("Windows has no JACK sockets", allow_module_level=True)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A server named `one[1]` that listens."""
    monkeypatch.setattr(jack_socket, "SOCKETS", tmp_path)
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "one[1]")
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"jack_one[1]_{os.getuid()}_0")
        listening.listen()
        yield listening


def test_a_server_that_listens_is_found_by_its_name(server: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jack_socket, "SOCKETS", Path())
    assert jack_socket.jack_answers()
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "two")
    assert not jack_socket.jack_answers()


def test_the_socket_of_a_server_that_was_killed_is_no_server(
    server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jack_socket, "SOCKETS", Path())
    server.close()
    assert list(Path().glob("jack_*"))
    assert not jack_socket.jack_answers()


def test_a_machine_without_libjack_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jack_socket, "LIBRARY", "libjack-that-does-not-exist.so.9")
    jack_socket.prefer_system_libjack()
