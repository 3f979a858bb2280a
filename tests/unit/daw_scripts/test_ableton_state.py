"""The state that the control surface sends, and when: a bare socket stands in for the companion."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge.daws.ableton import Ableton
from bridge.doors.osc.decode import Received, read_packet
from bridge.doors.osc.encode import encode, outgoing
from bridge.doors.osc.table import PREFIX, OscValue, match
from tests.helpers.ableton.fake_live.host import FakeLive
from tests.helpers.ableton.fake_live.strict import Version

Messages = dict[str, tuple[Any, ...]]


class BareCompanion:
    """A companion's socket and file; `received` keeps the newest values of every address until it is cleared."""

    def __init__(self, folder: Path) -> None:
        self.received: Messages = {}
        self._folder = folder
        self._script: Any = None
        self.open()

    def open(self) -> None:
        """Bind a new port and write it to companion.json, as a companion does at its start."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self._folder.mkdir(parents=True, exist_ok=True)
        port = self._socket.getsockname()[1]
        (self._folder / "companion.json").write_text(json.dumps({"pid": 1, "osc_port": port}))

    def close(self) -> None:
        self._socket.close()

    def receive(self) -> Messages:
        """Read all waiting messages; each must be in the table of OSC messages."""
        while True:
            try:
                packet, self._script = self._socket.recvfrom(65536)
            except BlockingIOError:
                return self.received
            for message in read_packet(packet):
                assert isinstance(message, Received)
                self.received[message.address.removeprefix(PREFIX)] = match(message.address, message.values)

    def send(self, address: str, *values: OscValue) -> None:
        self._socket.sendto(encode(outgoing(address, *values)), self._script)


@pytest.fixture
def companion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BareCompanion]:
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path / "home"))
    (tmp_path / "User Library").mkdir()
    Ableton(["no such program"]).install(tmp_path / "User Library")
    one = BareCompanion(tmp_path / "home" / "data")
    yield one
    one.close()


def started(live: FakeLive, companion: BareCompanion, tmp_path: Path) -> Messages:
    """Choose the control surface, answer its greeting, and return the state that it sends then."""
    live.select_surface(tmp_path / "User Library")
    live.run(lambda: "/hello" in companion.receive(), "the greeting")
    companion.send("/welcome", "0.1.0", 9125)
    live.run(lambda: "/selection" in companion.receive(), "the state")
    return companion.received


@pytest.mark.parametrize("version", [(11, 0, 0), (11, 3, 25), (12, 0, 0), (12, 0, 5), (12, 2, 0), (12, 3, 6)])
def test_every_live_sends_the_state_it_has(companion: BareCompanion, tmp_path: Path, version: Version) -> None:
    set_file = tmp_path / "My Song Project" / "sets" / "song.als"
    set_file.parent.mkdir(parents=True)
    (tmp_path / "My Song Project" / "Ableton Project Info").mkdir()
    with FakeLive(version, str(set_file)) as live:
        song = live.song
        song.tempo, song.signature_numerator, song.signature_denominator = 97.6, 7, 8
        song.root_note, song.scale_name, song.current_song_time = 2, "Dorian", 14.0
        song.loop, song.loop_start, song.loop_length = True, 8.0, 7.0
        song.view.selected_track, song.view.selected_scene = song.tracks[2], song.scenes[1]
        has_scale_mode = version >= (12, 0, 5)
        if has_scale_mode:
            song.scale_mode = True
        sent = started(live, companion, tmp_path)
        assert sent["/hello"] == ("Ableton Live", ".".join(map(str, version)))
        assert (sent["/tempo"], sent["/timesig"], sent["/position"]) == ((97.6,), (7, 8), (14.0,))
        assert sent.get("/key") == (("D dorian",) if has_scale_mode else None)
        assert (sent["/playing"], sent["/loop"]) == ((0,), (1, 8.0, 7.0))
        assert sent["/selection"] == ("3-Audio", 2)
        project = (str(tmp_path / "My Song Project"), "song") if version >= (11, 3, 25) else None
        assert sent.get("/project") == project


def test_only_changes_are_sent_and_a_new_companion_gets_all(companion: BareCompanion, tmp_path: Path) -> None:
    with FakeLive() as live:
        started(live, companion, tmp_path)
        assert "/project" not in companion.received
        companion.received.clear()
        live.song.tempo = 140.0
        live.run(lambda: companion.receive(), "the change")
        assert companion.received == {"/tempo": (140.0,)}
        companion.close()
        companion.open()
        companion.received.clear()
        live.run(lambda: "/hello" in companion.receive(), "the greeting of the new companion")
        companion.send("/welcome", "0.1.0", 9125)
        live.run(lambda: "/selection" in companion.receive(), "the state")
        assert {"/tempo", "/timesig", "/position", "/playing", "/loop"} <= set(companion.received)


def test_a_scale_that_is_switched_off_takes_the_key_back(companion: BareCompanion, tmp_path: Path) -> None:
    with FakeLive() as live:
        live.song.scale_mode, live.song.root_note, live.song.scale_name = True, 2, "Dorian"
        assert started(live, companion, tmp_path)["/key"] == ("D dorian",)
        companion.received.clear()
        live.song.scale_mode = False
        live.run(lambda: "/set" in companion.receive(), "the key is taken back")
        assert companion.received == {"/set": ("key", "")}


def test_a_scale_is_the_key_if_the_user_says_so(companion: BareCompanion, tmp_path: Path) -> None:
    config = tmp_path / "home" / "config"
    config.mkdir()
    (config / "settings.json").write_text(json.dumps({"live_scale_is_key": True}))
    with FakeLive((11, 0, 0)) as live:
        live.song.root_note, live.song.scale_name = 9, "Minor Pentatonic"
        assert started(live, companion, tmp_path)["/key"] == ("A minor",)


def test_messages_from_strangers_and_junk_on_its_port_are_ignored(companion: BareCompanion, tmp_path: Path) -> None:
    with FakeLive() as live:
        started(live, companion, tmp_path)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(encode(outgoing("/job/failed", "1", "from a stranger")), companion._script)
        for packet in (
            b"",
            b"junk",
            b"/stembridge/x\0\0\0,b\0\0\0\0\0\0",
            encode(outgoing("/job/failed", "1", "from home")),
        ):
            companion._socket.sendto(packet, companion._script)
        live.wait_for("from home")
        assert not live.said("stranger")


def test_every_note_and_controller_of_its_port_is_forwarded(companion: BareCompanion, tmp_path: Path) -> None:
    with FakeLive() as live:
        started(live, companion, tmp_path)
        assert len(live.forwarded) == 2 * 16 * 128
        for message in ((0x9F, 127, 1), (0xB0, 20, 64)):
            live.press(message)
            live.run(lambda message=message: companion.receive().get("/midi") == message, "the message")
