"""Ableton Live through AbletonOSC: one made of its documentation, and its own sources where they are at hand."""

from __future__ import annotations

import json
import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pythonosc.osc_message import OscMessage

from bridge.doors.abletonosc.door import REPLY_PORT, AbletonOsc
from bridge.doors.osc.encode import encode
from tests.helpers.ableton.ableton_v2 import framework
from tests.helpers.ableton.abletonosc_peer import AbletonOscPeer
from tests.helpers.ableton.fake_live.host import FakeLive
from tests.helpers.abletonosc_client import free_port, running_client
from tests.helpers.companion_process import CompanionProcess, read_json, run_generate, wait_until
from tests.helpers.live_daw import FILL_LOOP, GENERATE, song_of_97, write_pads


@pytest.fixture(scope="module")
def companion(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CompanionProcess]:
    """A companion with pads."""
    home = tmp_path_factory.mktemp("abletonosc") / "home"
    write_pads(home)
    with CompanionProcess(home) as process:
        yield process


def press(companion: CompanionProcess, pad: tuple[int, int, int]) -> None:
    """Hit a pad, which triggers for the DAW that was heard last."""
    with companion.daw() as pads:
        pads.send("/midi", *pad)
        assert pads.errors_until_pong() == []


def heard(peer: AbletonOscPeer, words: str) -> str:
    """Wait for a message in Live's status bar and return it."""
    found: str = wait_until(
        lambda: next((one for one in peer.messages if words in one), ""), f"the message “{words}”", 60
    )
    return found


def generate(
    companion: CompanionProcess, service: AbletonOsc, peer: AbletonOscPeer, pad: tuple[int, int, int]
) -> None:
    """Hit a pad once everything about the peer's song has been told."""
    wait_until(lambda: service._state._values == pytest.approx(peer.song), "the client knows the song")
    settle(companion)
    press(companion, pad)


def settle(companion: CompanionProcess) -> None:
    """Wait until the companion has acted on what was sent to it so far: a ping comes back after all of it."""
    time.sleep(0.05)  # what the client's thread has just noted is on its way
    with companion.daw() as client:
        assert client.errors_until_pong() == []


def test_the_state_is_told_and_the_files_are_named_where_clips_cannot_be_made(companion: CompanionProcess) -> None:
    reply_port = free_port()
    with AbletonOscPeer(reply_port) as peer, running_client(companion.osc_port, peer.port, reply_port) as service:
        generate(companion, service, peer, GENERATE)
        said = heard(peer, "cannot make clips from files")
        folder = Path(said.split("drag the stems in from ")[1])
        manifest = read_json(folder / "manifest.json")
        assert (manifest["tempo"], manifest["time_signature"], manifest["key"]) == (97.6, "7/8", "D dorian")
        assert manifest["start_beat"] == 14.0
        assert len(peer.tracks) == 1
        assert peer.refused == ["Unknown OSC address: /live/track/create_audio_clip"]


def test_an_abletonosc_that_can_make_clips_gets_stems_on_new_tracks(companion: CompanionProcess) -> None:
    reply_port = free_port()
    with (
        AbletonOscPeer(reply_port, can_create=True) as peer,
        running_client(companion.osc_port, peer.port, reply_port, scale_is_key=False) as service,
    ):
        peer.change("loop", True)
        peer.change("loop_length", 7.0)
        generate(companion, service, peer, FILL_LOOP)
        heard(peer, "placed by AbletonOSC")
        stems = peer.tracks[1:]
        manifest = read_json(Path(stems[0]["clips"][0][0]).with_name("manifest.json"))
        assert manifest["params"]["key"] == ""
        assert [track["name"] for track in stems] == [f"SB {stem['name']}" for stem in manifest["stems"]]
        assert [f"#{track['color']:06x}" for track in stems] == [stem["color"] for stem in manifest["stems"]]
        assert {track["clips"][0][1] for track in stems} == {0.0}
        assert manifest["bars"] == 2


def test_the_setting_turns_it_on_and_a_taken_port_is_told(tmp_path: Path) -> None:
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True)
    (config / "settings.json").write_text(json.dumps({"abletonosc": True}))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        try:
            holder.bind(("127.0.0.1", REPLY_PORT))
        except OSError:
            pytest.skip(f"port {REPLY_PORT} is held by another program")
        with CompanionProcess(tmp_path / "home") as companion:
            wait_until(
                lambda: f"answers to port {REPLY_PORT}, which another program holds" in companion.log.read_text(),
                "the warning",
            )


SOURCES = "ABLETONOSC_SOURCES"
"""Environment variable that names a checkout of AbletonOSC: https://github.com/ideoforms/AbletonOSC."""


@pytest.fixture
def abletonosc(tmp_path: Path) -> Iterator[tuple[FakeLive, int, int]]:
    """AbletonOSC's own sources in a Live, on ports of this test's own; skipped where they are not at hand."""
    if not os.environ.get(SOURCES):
        pytest.skip(f"AbletonOSC's sources are not here: name a checkout in {SOURCES}")
    script = tmp_path / "library" / "Remote Scripts" / "AbletonOSC"
    shutil.copytree(os.environ[SOURCES], script)
    ports = free_port(), free_port()
    constants = "OSC_LISTEN_PORT = {}\nOSC_RESPONSE_PORT = {}\n".format(*ports)
    (script / "abletonosc" / "constants.py").write_text(constants)
    with framework(), FakeLive() as live:
        song_of_97(live)
        live.select_surface(tmp_path / "library", "AbletonOSC")
        yield live, *ports


def test_its_own_sources_tell_the_state_and_name_what_they_cannot_do(
    companion: CompanionProcess, abletonosc: tuple[FakeLive, int, int]
) -> None:
    live, live_port, reply_port = abletonosc
    with running_client(companion.osc_port, live_port, reply_port) as service, companion.daw() as pads:
        live.run(lambda: live.song._listeners.get("loop_length"), "everything is listened to")
        live.song.current_song_time = 20.0
        live.song.tempo = 101.5
        known = service._state._values
        live.run(lambda: (known.get("tempo"), known.get("current_song_time")) == (101.5, 20.0), "both are heard")
        settle(companion)
        pads.send("/midi", *GENERATE)
        live.wait_for("cannot make clips from files")
        folder = Path(live.messages[-1].split("drag the stems in from ")[1])
        manifest = read_json(folder / "manifest.json")
        assert (manifest["tempo"], manifest["time_signature"], manifest["key"]) == (101.5, "7/8", "D dorian")
        assert manifest["start_beat"] == 20.0
        assert len(live.song.tracks) == 4


def test_takes_sent_from_the_window_go_to_their_beat_or_the_playhead(tmp_path: Path) -> None:
    reply_port = free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as companion, ExitStack() as stack:
        companion.bind(("127.0.0.1", 0))
        companion.settimeout(60)
        peer = stack.enter_context(AbletonOscPeer(reply_port, can_create=True))
        manifest = Path(
            run_generate(tmp_path, "--genres", "funk", "--bars", "1", "--out", str(tmp_path / "t"))["manifest"]
        )
        port = companion.getsockname()[1]
        service = stack.enter_context(running_client(port, peer.port, reply_port))
        wait_until(lambda: service._state._values == pytest.approx(peer.song), "the client knows the song")
        _, client = companion.recvfrom(65536)
        for where, beat in (("trigger", 6.0), ("playhead", 14.0)):
            before = len(peer.tracks)
            companion.sendto(encode("/take/place", str(manifest), where, 6.0), client)
            while (told := OscMessage(companion.recv(65536))).address != "/stembridge/take/placed":
                pass
            assert list(told.params) == [str(manifest), len(peer.tracks) - before, ""]
            assert {track["clips"][0][1] for track in peer.tracks[before:]} == {beat}
        companion.sendto(encode("/take/place", str(tmp_path / "gone" / "manifest.json"), "trigger", 6.0), client)
        assert "gone" in heard(peer, "manifest must be")
