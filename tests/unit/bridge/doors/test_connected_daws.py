"""Which DAW is meant, when several have come by several doors."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.doors import connected_daws as module
from bridge.doors.bus import EventBus, SessionChanged
from bridge.doors.connected_daws import ConnectedDaws, Connection
from bridge.doors.requester import Requester
from bridge.request.session_state import SessionState
from engine.errors import StemBridgeError


def connection(name: str, told: list[tuple[str, str]], project: Path | None = None) -> Connection:
    def place(manifest: Path, where: str, beat: float) -> None:
        told.append((name, where))

    return Connection(
        Requester.live_link(name or str(project)),
        SessionState(daw=name, project=project),
        place,
        lambda why: told.append((name, why)),
    )


def test_the_one_heard_of_last_is_meant_whichever_door_it_came_by() -> None:
    told: list[tuple[str, str]] = []
    one = ConnectedDaws(EventBus())
    one.note_contact("osc", connection("Live", told))
    one.note_contact("mailbox", connection("REAPER", told))
    assert one.place(Path("m"), "trigger", 0.0) == "REAPER"
    one.note_contact("osc", connection("Live", told))
    assert one.place(Path("m"), "playhead", 0.0) == "Live"
    assert told == [("REAPER", "trigger"), ("Live", "playhead")]


def test_a_program_with_a_project_is_acted_for_but_takes_are_sent_to_daws_alone() -> None:
    told: list[tuple[str, str]] = []
    heard: list[SessionState] = []
    bus = EventBus()
    bus.subscribe(SessionChanged, lambda event: heard.append(event.state))
    one = ConnectedDaws(bus)
    one.note_contact("a", connection("", told))  # it has named nothing
    assert one.newest() is None
    one.note_contact("b", connection("", told, Path("/song")))
    newest = one.newest()
    assert newest is not None
    assert newest.requester == Requester.live_link("/song")
    assert heard == []
    with pytest.raises(StemBridgeError, match="No DAW is connected"):
        one.place(Path("m"), "trigger", 0.0)


def test_old_connections_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CONNECTIONS", 3)
    one = ConnectedDaws(EventBus())
    for number in range(10):
        one.note_contact(number, connection(f"DAW {number}", []))
    assert len(one._known) == 3


def test_why_something_was_refused_is_told_to_the_one_heard_of_last() -> None:
    told: list[tuple[str, str]] = []
    one = ConnectedDaws(EventBus())
    one.refuse("nobody hears it")
    one.note_contact("osc", connection("Live", told))
    one.note_contact("mailbox", connection("REAPER", told))
    one.refuse("There is no job yet.")
    assert told == [("REAPER", "There is no job yet.")]
