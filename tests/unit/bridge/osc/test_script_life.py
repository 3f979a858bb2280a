"""DAW scripts that speak OSC leave their sign of life where `daw status` looks."""

from pathlib import Path

from bridge.daw import DawState
from bridge.daws.table import DAWS
from bridge.mailbox.alive import alive_file, last_heard_s
from bridge.osc.life import GREETINGS, ScriptLife


def test_our_scripts_are_noted_once_a_second_and_others_never(tmp_path: Path) -> None:
    life = ScriptLife(tmp_path)
    life.heard(DawState(daw="TouchOSC"))
    assert list(tmp_path.iterdir()) == []
    life.heard(DawState(daw="Ableton Live"))
    assert last_heard_s(tmp_path, "ableton") is not None
    alive_file(tmp_path, "ableton").unlink()
    life.heard(DawState(daw="Ableton Live"))
    assert list(tmp_path.iterdir()) == []


def test_every_greeting_is_that_of_a_daw_in_the_table() -> None:
    assert set(GREETINGS.values()) <= set(DAWS)
