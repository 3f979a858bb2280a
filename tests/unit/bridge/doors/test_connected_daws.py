"""The DAW that is meant when several have connected through several doors."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.doors import connected_daws as module
from bridge.doors.bus import EventBus, SessionChanged
from bridge.doors.connected_daws import ConnectedDaws, Connection
from bridge.doors.requester import Requester
from bridge.request.session_state import SessionState
from engine.errors import StemBridgeError


def connection(name: str, calls: list[tuple[str, str]], project: Path | None = None) -> Connection:
    def place(manifest: Path, where: str, beat: float) -> None:
        calls.append((name, where))

    return Connection(
        Requester.live_link(name or str(project)),
        SessionState(daw=name, project=project),
        place,
        lambda why: calls.append((name, why)),
    )


def test_the_daw_in_contact_last_is_used_whichever_door_it_came_by() -> None:
    calls: list[tuple[str, str]] = []
    one = ConnectedDaws(EventBus())
    one.note_contact("osc", connection("Live", calls))
    one.note_contact("mailbox", connection("REAPER", calls))
    assert one.place(Path("m"), "trigger", 0.0) == "REAPER"
    one.note_contact("osc", connection("Live", calls))
    assert one.place(Path("m"), "playhead", 0.0) == "Live"
    assert calls == [("REAPER", "trigger"), ("Live", "playhead")]


def test_a_program_with_a_project_is_acted_for_but_takes_are_sent_to_daws_alone() -> None:
    calls: list[tuple[str, str]] = []
    states: list[SessionState] = []
    bus = EventBus()
    bus.subscribe(SessionChanged, lambda event: states.append(event.state))
    one = ConnectedDaws(bus)
    one.note_contact("a", connection("", calls))  # it has named nothing
    assert one.newest() is None
    one.note_contact("b", connection("", calls, Path("/song")))
    newest = one.newest()
    assert newest is not None
    assert newest.requester == Requester.live_link("/song")
    assert states == []
    with pytest.raises(StemBridgeError, match="No DAW is connected"):
        one.place(Path("m"), "trigger", 0.0)


def test_old_connections_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CONNECTIONS", 3)
    one = ConnectedDaws(EventBus())
    for number in range(10):
        one.note_contact(number, connection(f"DAW {number}", []))
    assert len(one._known) == 3


def test_a_refusal_is_shown_to_the_program_in_contact_last() -> None:
    calls: list[tuple[str, str]] = []
    one = ConnectedDaws(EventBus())
    one.refuse("no program is connected")
    one.note_contact("osc", connection("Live", calls))
    one.note_contact("mailbox", connection("REAPER", calls))
    one.refuse("There is no job yet.")
    assert calls == [("REAPER", "There is no job yet.")]
