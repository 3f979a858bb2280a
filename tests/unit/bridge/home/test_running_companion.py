"""Finding a companion by its file and ending it: over real sockets, locks and processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bridge.home import running_companion
from bridge.home.companion_lock import CompanionLock
from bridge.home.folders import Folders
from bridge.home.running_companion import RunningCompanion, find_companion, is_any_running, stop_companions
from engine.errors import StemBridgeError
from tests.helpers.paths import ROOT

HOLD_A_LOCK = """
import sys
from pathlib import Path
from bridge.home.companion_lock import CompanionLock
lock = CompanionLock.begin(Path(sys.argv[1]))
print(lock.name, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    (tmp_path / "data").mkdir()
    return Folders(tmp_path / "data", tmp_path / "config")


@contextmanager
def http_server(answer: bytes) -> Iterator[int]:
    """Answer every GET on a free port with `answer`; yield the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/v1/health" else 404)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join(10)


def write_file(folders: Folders, http_port: object, pid: object = 4711) -> None:
    folders.companion_file.write_text(json.dumps({"pid": pid, "osc_port": 9124, "http_port": http_port}))


def test_a_companion_that_answers_is_found_by_its_file(folders: Folders) -> None:
    with http_server(b'{"unfinished_jobs": 0}') as port:
        write_file(folders, port)
        assert find_companion(folders) == RunningCompanion(4711, 9124, port)
        assert is_any_running(folders)
    assert find_companion(folders) is None  # its port is closed
    assert not is_any_running(folders)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b"7", b'{"status": "ok"}', b"\xff"])
def test_another_program_on_the_port_is_no_companion(folders: Folders, answer: bytes) -> None:
    with http_server(answer) as port:
        write_file(folders, port)
        assert find_companion(folders) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"pid": 1, "osc_port": 2}', '{"pid": "x"}'])
def test_a_broken_file_means_that_none_is_running(folders: Folders, text: str) -> None:
    folders.companion_file.write_text(text)
    assert find_companion(folders) is None


@pytest.mark.parametrize("port", [0, -1, 65_536, 10**12])
def test_a_port_that_cannot_be_is_no_companion(folders: Folders, port: int) -> None:
    write_file(folders, port)
    assert find_companion(folders) is None


def test_without_any_companion_there_is_nothing_to_stop(folders: Folders) -> None:
    assert not is_any_running(folders)
    stop_companions(folders)


def test_a_companion_that_only_its_lock_shows_is_found_and_ended(folders: Folders) -> None:
    command = [sys.executable, "-c", HOLD_A_LOCK, str(folders.sessions)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip()
        assert is_any_running(folders)
        stop_companions(folders)
        assert process.wait(10) != 0
    assert not is_any_running(folders)
    assert list(folders.sessions.iterdir()) == []


def test_a_companion_in_this_process_is_not_ended_but_named(folders: Folders) -> None:
    with CompanionLock.begin(folders.sessions):
        with pytest.raises(StemBridgeError) as caught:
            stop_companions(folders)
        assert str(caught.value) == (
            f"The companion (process {os.getpid()}) does not end; end it yourself, then try again."
        )


def test_a_lock_whose_holder_cannot_be_found_is_a_sentence(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running_companion, "_lock_holders", lambda _: set())
    with CompanionLock.begin(folders.sessions), pytest.raises(StemBridgeError, match="still running: close its"):
        stop_companions(folders)


def test_a_process_that_has_ended_already_or_waits_as_a_zombie_counts_as_ended() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.read() == b""  # until its end, but it has not been waited for
    assert running_companion._end(process.pid)
    process.stdout.close()
    process.wait(10)
    assert running_companion._end(process.pid)


def test_a_process_that_ignores_the_request_is_given_up_after_the_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running_companion, "STOP_TIMEOUT_S", 0.0)
    script = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert not running_companion._end(process.pid)
        process.kill()
