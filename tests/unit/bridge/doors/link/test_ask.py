"""Ableton Link with real peers in processes of their own: read at a trigger, never moved."""

from __future__ import annotations

import asyncio
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import bridge.doors.link
from bridge.doors.link import ask as ask_module
from bridge.doors.link.ask import ask_link, is_installed
from tests.helpers.debian import need

BPM = 97.6
needs_link = pytest.mark.skipif(not is_installed(), reason="the extra “link” is not installed (LinkPython-extern)")

SESSION = f"""
import json, sys, time, link
peer = link.Link({BPM})
peer.enabled = True
tempos, peers = set(), 0
print("ready", flush=True)
end = time.monotonic() + 60
while time.monotonic() < end:
    state = peer.captureSessionState()
    tempos.add(state.tempo())
    peers = max(peers, peer.numPeers())
    told = {{"tempos": sorted(tempos), "peers": peers, "now": peer.numPeers(), "at_s": time.monotonic()}}
    told["phase"] = state.phaseAtTime(peer.clock().micros(), 4)
    told["at_s"] = time.monotonic()
    print(json.dumps(told), flush=True)
    time.sleep(0.02)
"""


class Session:
    """A Link session of one peer that writes down every tempo it ever had."""

    def __init__(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-c", SESSION], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def told(self) -> dict[str, object]:
        """Return the newest word of the peer."""
        assert self.process.stdout is not None
        descriptor, text = self.process.stdout.fileno(), b""
        while text.count(b"\n") < 2 or select.select([descriptor], [], [], 0)[0]:
            text += os.read(descriptor, 1 << 16)
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
    time.sleep(1.0)  # a session that is older than who asks
    yield one
    one.end()


@needs_link
def test_tempo_and_beat_of_the_session_are_read_and_left_as_they_were(session: Session) -> None:
    readings = [asyncio.run(ask_link(wait_s=10.0)) for _ in range(2)]
    told = session.told()
    for reading in readings:
        if reading is None:
            pytest.skip("Link peers do not find each other on this machine (no multicast)")
        assert reading.tempo_bpm == pytest.approx(BPM, abs=1e-3)
        assert reading.peers >= 1
    assert told["tempos"] == [pytest.approx(BPM, abs=1e-3)]
    assert told["peers"] in (0, 1), "it may have left before it was counted"
    last = readings[-1]
    assert last is not None
    at_s, phase = told["at_s"], told["phase"]
    assert isinstance(at_s, float)
    assert isinstance(phase, float)
    away = (last.phase_at(at_s, 4.0) - phase) % 4.0
    assert min(away, 4.0 - away) < 0.1
    end = time.monotonic() + 60
    while session.told()["now"] != 0:
        assert time.monotonic() < end, "it has left"


@needs_link
def test_nobody_there_is_no_tempo() -> None:
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
    assert '"stembridge[link]"' in caplog.text


@needs_link
def test_a_library_that_the_system_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ask_module, "ATOMIC", "libnothing.so.1")
    assert "apt-get install libatomic1" in ask_module.obstacle()
    monkeypatch.setattr(sys, "platform", "darwin")
    assert ask_module.obstacle() == ""


def test_a_library_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask_module, "is_installed", lambda: False)
    assert 'pip install "stembridge[link]"' in ask_module.obstacle()
