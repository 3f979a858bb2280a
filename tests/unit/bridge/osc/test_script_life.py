"""DAW scripts that speak OSC leave their sign of life where `daw status` looks."""

from pathlib import Path

from bridge.daw import DawState
from bridge.daws.table import DAWS
from bridge.mailbox.alive import alive_file, last_heard_s
from bridge.osc.clients import Client
from bridge.osc.life import GREETINGS, ScriptLife
from bridge.osc.server import Peer


def client(daw: str) -> Client:
    return Client(Peer("udp", "127.0.0.1", 5000), DawState(daw=daw))


def test_our_scripts_are_noted_once_a_second_and_others_never(tmp_path: Path) -> None:
    life = ScriptLife(tmp_path)
    life.heard(client("TouchOSC"))
    assert list(tmp_path.iterdir()) == []
    life.heard(client("Ableton Live"))
    assert last_heard_s(tmp_path, "ableton") is not None
    alive_file(tmp_path, "ableton").unlink()
    life.heard(client("Ableton Live"))
    assert list(tmp_path.iterdir()) == []


def test_every_greeting_is_that_of_a_daw_in_the_table() -> None:
    assert set(GREETINGS.values()) <= set(DAWS)
