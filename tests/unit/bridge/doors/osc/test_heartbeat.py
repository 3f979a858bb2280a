"""Heartbeats of DAW scripts that speak OSC."""

from pathlib import Path

from bridge.daws.all_daws import DAWS
from bridge.doors.bus import EventBus, SessionChanged
from bridge.doors.osc.heartbeat import GREETINGS, ScriptHeartbeat
from bridge.home.heartbeat import heartbeat_age_s, heartbeat_file
from bridge.request.session_state import SessionState


def test_our_scripts_are_noted_once_a_second_and_others_never(tmp_path: Path) -> None:
    bus = EventBus()
    ScriptHeartbeat(tmp_path, bus)
    bus.publish(SessionChanged(SessionState(daw="TouchOSC")))
    assert list(tmp_path.iterdir()) == []
    bus.publish(SessionChanged(SessionState(daw="Ableton Live")))
    assert heartbeat_age_s(tmp_path, "ableton") is not None
    heartbeat_file(tmp_path, "ableton").unlink()
    bus.publish(SessionChanged(SessionState(daw="Ableton Live")))
    assert list(tmp_path.iterdir()) == []


def test_every_greeting_is_that_of_a_daw_in_the_table() -> None:
    assert set(GREETINGS.values()) <= set(DAWS)
