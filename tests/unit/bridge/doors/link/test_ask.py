"""Ableton Link with real peers in processes of their own: it is read at a trigger and never changed."""

from __future__ import annotations

import asyncio
import json
import os
import re
import select
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import bridge.doors.link
from bridge.doors.link import ask as ask_module
from bridge.doors.link.ask import ask_link, is_installed
from bridge.doors.link.reading import LinkReading
from tests.helpers.debian import need
from tests.helpers.paths import ROOT
from tests.helpers.waiting import wait_until

BPM = 97.6
needs_link = pytest.mark.skipif(not is_installed(), reason="the extra “link” is not installed (LinkPython-extern)")

SESSION = f"""
import json, sys, time, link
peer = link.Link({BPM})
peer.enabled = True
tempos, peers = set(), 0
print("ready", flush=True)
end = time.monotonic() + 600
while time.monotonic() < end:
    state = peer.captureSessionState()
    tempos.add(state.tempo())
    peers = max(peers, peer.numPeers())
    seen = {{"tempos": sorted(tempos), "peers": peers, "now": peer.numPeers(), "at_s": time.monotonic()}}
    seen["phase"] = state.phaseAtTime(peer.clock().micros(), 4)
    seen["at_s"] = time.monotonic()
    print(json.dumps(seen), flush=True)
    time.sleep(0.02)
"""


class Session:
    """A Link session of one peer that records every tempo that it has had."""

    def __init__(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-c", SESSION], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def newest(self) -> dict[str, object]:
        """Return the newest line of the peer."""
        assert self.process.stdout is not None
        descriptor, text = self.process.stdout.fileno(), b""
        while text.count(b"\n") < 2 or select.select([descriptor], [], [], 0)[0]:
            piece = os.read(descriptor, 1 << 16)
            assert piece, "the peer has ended"
            text += piece
        return dict(json.loads(text.splitlines()[-2]))

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def session() -> Iterator[Session]:
    if sys.platform == "linux":
        need("/usr/lib/*/libatomic.so.1")
    one = Session()
    time.sleep(1.0)  # a session that is older than the reader
    yield one
    one.end()


@needs_link
def test_tempo_and_beat_of_the_session_are_read_and_left_as_they_were(session: Session) -> None:
    readings = [asyncio.run(ask_link(wait_s=10.0)) for _ in range(2)]
    seen = session.newest()
    for reading in readings:
        if reading is None:
            pytest.skip("Link peers do not find each other on this machine (no multicast)")
        assert reading.tempo_bpm == pytest.approx(BPM, abs=1e-3)
        assert reading.peers >= 1
    assert seen["tempos"] == [pytest.approx(BPM, abs=1e-3)]
    assert seen["peers"] in (0, 1), "it may have left before it was counted"
    last = readings[-1]
    assert last is not None
    at_s, phase = seen["at_s"], seen["phase"]
    assert isinstance(at_s, float)
    assert isinstance(phase, float)
    away = (last.phase_at(at_s, 4.0) - phase) % 4.0
    assert min(away, 4.0 - away) < 0.1
    wait_until(lambda: session.newest()["now"] == 0, "it has left")


@needs_link
def test_without_peers_there_is_no_session() -> None:
    assert asyncio.run(ask_link(wait_s=0.1)) is None


def test_no_code_of_ours_can_set_a_tempo() -> None:
    for file in Path(bridge.doors.link.__file__).parent.glob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert not [word for word in ("commit" + "S", "commit" + "App", "setTempo", "requestBeat") if word in text]


def test_a_library_that_cannot_be_loaded_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (tmp_path / "link.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert asyncio.run(ask_link(wait_s=0.1)) is None
    assert "-m pip install --force-reinstall LinkPython-extern" in caplog.text


@needs_link
def test_a_library_that_the_system_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ask_module, "ATOMIC", "libnothing.so.1")
    assert "apt-get install libatomic1" in ask_module.obstacle()
    monkeypatch.setattr(sys, "platform", "darwin")
    assert ask_module.obstacle() == ""


def test_a_library_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask_module, "is_installed", lambda: False)
    monkeypatch.setattr(sys, "executable", "/my songs/.venv/bin/python")
    command = "'/my songs/.venv/bin/python' -m pip install LinkPython-extern"
    assert ask_module.obstacle() == f"Ableton Link needs its library (GPL): {command}"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert "no part of the bundle" in ask_module.obstacle()


def test_the_library_is_that_of_the_extra() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert [re.split("[<>=!]", line)[0] for line in extras["link"]] == [ask_module.LIBRARY]


@pytest.mark.parametrize("output", [b"", b"null\n", b"{}", b"[1, 2]", b"not JSON", b'{"tempo_bpm": 120}', b'"x"'])
def test_any_other_output_of_the_peer_is_no_session(output: bytes) -> None:
    assert ask_module._parse(output) is None


def test_the_line_of_the_peer_is_its_session() -> None:
    line = b'{"tempo_bpm": 97.6, "phase_beats": 2.5, "at_s": 50.0, "peers": 2}\n'
    assert ask_module._parse(line) == LinkReading(97.6, 2.5, 50.0, 2)


def fake_library(folder: Path, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a module `link` in front of the real one for the peer's process."""
    (folder / "link.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", str(folder))


def test_a_peer_that_does_not_end_is_killed_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    fake_library(tmp_path, "import threading\nthreading.Event().wait()", monkeypatch)
    monkeypatch.setattr(ask_module, "GRACE_S", 0.1)
    assert asyncio.run(ask_link(wait_s=0.0)) is None
    assert "Link did not answer in time" in caplog.text


def test_a_caller_that_gives_up_ends_the_peer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_library(tmp_path, "import threading\nthreading.Event().wait()", monkeypatch)
    processes: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def start_and_keep(*command: str, **options: object) -> asyncio.subprocess.Process:
        processes.append(await start(*command, **options))  # type: ignore[arg-type]
        return processes[-1]

    async def run() -> None:
        task = asyncio.create_task(ask_link(wait_s=60.0))
        while not processes:
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start_and_keep)
    asyncio.run(run())
    assert processes[0].returncode is not None


def test_a_process_that_cannot_be_started_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert asyncio.run(ask_link(wait_s=0.0)) is None
    assert "Link cannot be asked" in caplog.text
