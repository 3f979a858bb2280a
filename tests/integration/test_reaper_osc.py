"""REAPER's own OSC surface: the messages that the pattern file defines, and devices that start actions through it."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from pythonosc.osc_message import OscMessage

from tests.helpers.osc_daw import Daw, bundle, packet
from tests.helpers.reaper_daw import generate, reaper, resources, set_settings, song
from tests.helpers.reaper_stub.session import Reaper

__all__ = ["reaper", "resources"]  # fixtures


class Surface:
    """REAPER's OSC device set up with an installed pattern file: patterns by key, as `flag/address` words."""

    def __init__(self, resources: Path) -> None:
        text = (resources / "OSC" / "StemBridge.ReaperOSC").read_text(encoding="utf-8")
        lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
        self.patterns = {words[0]: words[1:] for words in lines}

    def feedback(self, key: str, value: float | str) -> bytes:
        """Return the message that REAPER sends after a change of the value of `key`; numbers are 32-bit floats."""
        flag, address = self.patterns[key][0][0], self.patterns[key][0][1:]
        assert (flag == "s") == isinstance(value, str)
        return packet(address, value, tags="s" if flag == "s" else "f")

    def actions(self, message: bytes) -> list[str]:
        """Return the named commands that a message from a device runs."""
        read = OscMessage(message)
        if read.address.startswith("/action/_") and read.params in ([], [1.0]):
            return [read.address.removeprefix("/action/")]
        return [str(value) for value in read.params] if read.address == "/action/str" else []


def test_tempo_transport_and_region_reach_the_companion(resources: Path, daw: Daw) -> None:
    surface = Surface(resources)
    assert set(surface.patterns) >= {"TEMPO", "PLAY", "LAST_REGION_NAME", "ACTION"}
    sent = [
        surface.feedback("TEMPO", 97.6),
        surface.feedback("PLAY", 1.0),
        surface.feedback("LAST_REGION_NAME", "Chorus, key: F# minor"),
    ]
    daw.send_bytes(bundle(*sent))
    assert daw.errors_until_pong() == []
    take = daw.take(bars=1, genres="funk")
    assert (take["tempo"], take["key"]) == (97.6, "F# minor")


def test_a_region_without_a_key_changes_none(daw: Daw) -> None:
    daw.send("/key", "A minor")
    for name in ("Verse", "key: to the highway", "monkey: C"):
        daw.send("/region", name)
    assert daw.errors_until_pong() == []
    assert daw.take(bars=1, genres="funk", tempo=200)["key"] == "A minor"


def test_a_device_starts_an_action_through_reaper(reaper: Reaper, resources: Path, tmp_path: Path) -> None:
    project = song(reaper, tmp_path)
    set_settings(project, bars="1")
    surface = Surface(resources)
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device,
    ):
        port.bind(("127.0.0.1", 0))
        port.settimeout(120)
        for message in (packet("/action/_STEMBRIDGE_GENERATE"), packet("/action/str", "_STEMBRIDGE_GENERATE")):
            device.sendto(message, port.getsockname())
            (command,) = surface.actions(port.recv(1024))
            reaper.press(command)
    reaper.run(lambda: len(project.undo) == 2)
    assert len(project.tracks) == 10


def test_the_mailbox_and_osc_share_one_queue(reaper: Reaper, daw: Daw, tmp_path: Path) -> None:
    set_settings(song(reaper, tmp_path), bars="1")
    generate(reaper)
    daw.send("/status")
    daw.wait_for("/status")
    job = json.loads(next((tmp_path / "StemBridge").glob("*/manifest.json")).read_text())["id"]
    daw.send("/status", job)
    assert daw.wait_for("/job/done").values[0] == job
