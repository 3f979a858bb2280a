"""DAW scripts that speak OSC leave their sign of life where `daw status` looks."""

from pathlib import Path

from bridge.daws.all_daws import DAWS
from bridge.doors.osc.heartbeat import GREETINGS, ScriptHeartbeat
from bridge.home.heartbeat import heartbeat_age_s, heartbeat_file
from bridge.request.session_state import SessionState


def test_our_scripts_are_noted_once_a_second_and_others_never(tmp_path: Path) -> None:
    life = ScriptHeartbeat(tmp_path)
    life.heard(SessionState(daw="TouchOSC"))
    assert list(tmp_path.iterdir()) == []
    life.heard(SessionState(daw="Ableton Live"))
    assert heartbeat_age_s(tmp_path, "ableton") is not None
    heartbeat_file(tmp_path, "ableton").unlink()
    life.heard(SessionState(daw="Ableton Live"))
    assert list(tmp_path.iterdir()) == []


def test_every_greeting_is_that_of_a_daw_in_the_table() -> None:
    assert set(GREETINGS.values()) <= set(DAWS)
