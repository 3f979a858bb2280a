"""Ableton Live through AbletonOSC: a fake built from its documentation, and the real sources where available."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.ableton.ableton_v2 import framework
from tests.helpers.ableton.abletonosc_peer import AbletonOscPeer
from tests.helpers.ableton.fake_live.host import FakeLive
from tests.helpers.abletonosc_window import ConnectedCompanion, connected_companion
from tests.helpers.command_here import run_generate
from tests.helpers.companion_process import CompanionProcess, read_json
from tests.helpers.free_ports import free_udp_port
from tests.helpers.live_daw import FILL_LOOP, GENERATE, song_of_97, write_pads
from tests.helpers.osc_daw import Daw
from tests.helpers.waiting import wait_until

REPLY_PORT = 11001
"""The port that AbletonOSC sends its replies to."""


@pytest.fixture
def home_with_pads(tmp_path: Path) -> Path:
    """A home folder with pads."""
    write_pads(tmp_path / "home")
    return tmp_path / "home"


def press(companion: ConnectedCompanion, pad: tuple[int, int, int]) -> None:
    """Hit a pad, which triggers for the DAW that was active last."""
    with Daw(companion.osc_port) as pads:
        pads.send("/midi", *pad)
        assert pads.errors_until_pong() == []


def status_bar_message(peer: AbletonOscPeer, words: str) -> str:
    """Wait for a message in Live's status bar and return it."""
    found: str = wait_until(
        lambda: next((one for one in peer.messages if words in one), ""), f"the message “{words}”", 60
    )
    return found


def test_the_state_is_known_and_the_files_are_named_where_clips_cannot_be_created(home_with_pads: Path) -> None:
    reply_port = free_udp_port()
    with AbletonOscPeer(reply_port) as peer, connected_companion(home_with_pads, peer.port, reply_port) as companion:
        companion.wait_for_song(tempo=97.6, meter="7/8", key="D dorian", position_beats=14.0)
        press(companion, GENERATE)
        said = status_bar_message(peer, "cannot make clips from files")
        folder = Path(said.split("drag the stems in from ")[1])
        manifest = read_json(folder / "manifest.json")
        assert (manifest["tempo"], manifest["time_signature"], manifest["key"]) == (97.6, "7/8", "D dorian")
        assert manifest["start_beat"] == 14.0
        assert len(peer.tracks) == 1
        assert peer.refused == ["Unknown OSC address: /live/track/create_audio_clip"]
        assert companion.messages[-1].text.startswith("Ableton Live (AbletonOSC): This AbletonOSC cannot make clips")


def test_an_abletonosc_that_can_create_clips_gets_stems_on_new_tracks(home_with_pads: Path) -> None:
    reply_port = free_udp_port()
    with (
        AbletonOscPeer(reply_port, can_create=True) as peer,
        connected_companion(home_with_pads, peer.port, reply_port, scale_is_key=False) as companion,
    ):
        peer.change("loop", True)
        peer.change("loop_length", 7.0)
        companion.wait_for_song(tempo=97.6, meter="7/8", key="", position_beats=14.0)
        wait_until(lambda: peer.is_listened_to("loop_length"), "the loop is listened to")
        wait_until(lambda: peer.is_listened_to("is_playing"), "the transport is listened to")
        peer.change("loop_length", 7.0)
        peer.change("is_playing", True)
        companion.wait_for_song(playing=True)  # messages arrive in order: the loop is known as well
        press(companion, FILL_LOOP)
        status_bar_message(peer, "placed by AbletonOSC")
        stems = peer.tracks[1:]
        manifest = read_json(Path(stems[0]["clips"][0][0]).with_name("manifest.json"))
        assert manifest["origin"]["key"] == "style"  # Live has told none
        assert [track["name"] for track in stems] == [f"SB {stem['name']}" for stem in manifest["stems"]]
        assert [f"#{track['color']:06x}" for track in stems] == [stem["color"] for stem in manifest["stems"]]
        assert {track["clips"][0][1] for track in stems} == {0.0}
        assert manifest["bars"] == 2


def test_the_setting_turns_it_on_and_a_port_in_use_is_reported(tmp_path: Path) -> None:
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
    """The real AbletonOSC in a fake Live, on free ports; skips the test where its sources are not available."""
    if not os.environ.get(SOURCES):
        pytest.skip(f"AbletonOSC's sources are not here: name a checkout in {SOURCES}")
    script = tmp_path / "library" / "Remote Scripts" / "AbletonOSC"
    shutil.copytree(os.environ[SOURCES], script)
    ports = free_udp_port(), free_udp_port()
    constants = "OSC_LISTEN_PORT = {}\nOSC_RESPONSE_PORT = {}\n".format(*ports)
    (script / "abletonosc" / "constants.py").write_text(constants)
    with framework(), FakeLive() as live:
        song_of_97(live)
        live.select_surface(tmp_path / "library", "AbletonOSC")
        yield live, *ports


def test_the_real_abletonosc_sends_the_state_and_names_the_files_it_cannot_place(
    home_with_pads: Path, abletonosc: tuple[FakeLive, int, int]
) -> None:
    live, live_port, reply_port = abletonosc
    with connected_companion(home_with_pads, live_port, reply_port) as companion, Daw(companion.osc_port) as pads:
        live.run(lambda: live.song._listeners.get("loop_length"), "everything is listened to")
        live.song.current_song_time = 20.0
        live.song.tempo = 101.5
        live.run(lambda: companion.knows(tempo=101.5, position_beats=20.0), "both are known")
        pads.send("/midi", *GENERATE)
        live.wait_for("cannot make clips from files")
        folder = Path(live.messages[-1].split("drag the stems in from ")[1])
        manifest = read_json(folder / "manifest.json")
        assert (manifest["tempo"], manifest["time_signature"], manifest["key"]) == (101.5, "7/8", "D dorian")
        assert manifest["start_beat"] == 20.0
        assert len(live.song.tracks) == 4


def test_takes_sent_from_the_window_go_to_their_beat_or_the_playhead(home_with_pads: Path, tmp_path: Path) -> None:
    reply_port = free_udp_port()
    manifest = Path(
        run_generate(tmp_path, "--genres", "funk", "--bars", "1", "--out", str(tmp_path / "t"))["manifest"]
    )
    with (
        AbletonOscPeer(reply_port, can_create=True) as peer,
        connected_companion(home_with_pads, peer.port, reply_port) as companion,
    ):
        companion.wait_for_song(tempo=97.6, position_beats=14.0)
        for where, beat in (("trigger", 6.0), ("playhead", 14.0)):
            before, told = len(peer.tracks), len(companion.messages)
            assert companion.handle.place(manifest, where, 6.0).result(60) == "Ableton Live (AbletonOSC)"
            wait_until(lambda told=told: len(companion.messages) > told, "the window is told")
            count = len(peer.tracks) - before
            assert companion.messages[-1].text == f"{count} stems are on tracks in Ableton Live (AbletonOSC)."
            assert {track["clips"][0][1] for track in peer.tracks[before:]} == {beat}
        companion.handle.place(tmp_path / "gone" / "manifest.json", "trigger", 6.0).result(60)
        assert "gone" in status_bar_message(peer, "manifest must be")
