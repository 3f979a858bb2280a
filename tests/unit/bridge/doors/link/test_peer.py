"""The peer's process with a stand-in for the library: it waits, reads once, and leaves."""

from __future__ import annotations

import json
import sys
from types import ModuleType, SimpleNamespace

import pytest

from bridge.doors.link import peer as module
from bridge.doors.link.peer import INITIAL_BPM, MISSING, main


class FakeLink:
    """A peer that finds others at the third look; `found` of them, at 97.6 BPM and 2.5 beats into the bar."""

    made: list[FakeLink]
    found = 2

    def __init__(self, bpm: float) -> None:
        self.bpm = bpm
        self.enabled = False
        self.looks = 0
        self.quanta: list[tuple[int, float]] = []
        self.made.append(self)

    def numPeers(self) -> int:  # noqa: N802
        self.looks += 1
        assert self.enabled
        return self.found if self.looks >= 3 else 0

    def captureSessionState(self) -> SimpleNamespace:  # noqa: N802
        return SimpleNamespace(tempo=lambda: 97.6, phaseAtTime=self._phase)

    def clock(self) -> SimpleNamespace:
        return SimpleNamespace(micros=lambda: 1_000_000)

    def _phase(self, micros: int, quantum: float) -> float:
        self.quanta.append((micros, quantum))
        return 2.5


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> type[FakeLink]:
    """The module `link`, whose one class is returned; its time stands at 50 s but for the waits."""
    now = [50.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(module.time, "sleep", lambda wait_s: now.__setitem__(0, now[0] + wait_s))
    fake = type("FakeLink", (FakeLink,), {"made": []})
    link = ModuleType("link")
    link.Link = fake  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "link", link)
    return fake


def test_the_session_of_the_first_peer_found_is_one_line_of_json(
    library: type[FakeLink], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["1.5", "3.5"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "tempo_bpm": 97.6,
        "phase_beats": 2.5,
        "at_s": pytest.approx(50.01),
        "peers": 2,
    }
    (peer,) = library.made
    assert (peer.bpm, peer.quanta) == (INITIAL_BPM, [(1_000_000, 3.5)])
    assert not peer.enabled, "it has left the session"


def test_without_peers_it_prints_null_after_the_wait_and_leaves(
    library: type[FakeLink], capsys: pytest.CaptureFixture[str]
) -> None:
    library.found = 0
    assert main(["0.05", "4.0"]) == 0
    assert capsys.readouterr().out == "null\n"
    assert 10 <= library.made[0].looks <= 13, "every 5 ms for 50 ms"
    assert not library.made[0].enabled


def test_a_read_that_fails_leaves_the_session_too(library: type[FakeLink], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "captureSessionState", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["1.5", "4.0"])
    assert not library.made[0].enabled


def test_without_the_library_the_exit_code_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "link", None)
    assert main(["0.1", "4.0"]) == MISSING == 3
    assert capsys.readouterr().out == ""
