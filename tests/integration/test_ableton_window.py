"""Takes that the companion's window sends to Live."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.app.events import AppEvent, CoreReady, DawChanged
from bridge.app.handle import AppHandle
from bridge.home.folders import Folders
from bridge.home.launch_options import LaunchOptions
from bridge.home.messages import Message
from tests.helpers.live_daw import arrangement_clips, generate, install, running, saved_set, stem_tracks, write_pads
from tests.helpers.waiting import wait_until


@pytest.fixture
def events() -> list[AppEvent]:
    return []


@pytest.fixture
def handle(tmp_path: Path, events: list[AppEvent], monkeypatch: pytest.MonkeyPatch) -> Iterator[AppHandle]:
    """The companion as the window runs it: in a thread."""
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path / "home"))
    install(tmp_path / "home", tmp_path / "User Library")
    write_pads(tmp_path / "home")
    handle = AppHandle(LaunchOptions(Folders.of_user(), osc_port=0, http_port=0))
    handle.subscribe(events.append)
    handle.start()
    wait_until(lambda: any(isinstance(event, CoreReady) for event in events), "the companion runs")
    yield handle
    handle.stop()


def test_a_take_goes_to_its_beat_the_playhead_or_a_new_scene(
    handle: AppHandle, events: list[AppEvent], tmp_path: Path
) -> None:
    with running(tmp_path / "User Library", saved_set(tmp_path)) as live:
        generate(live)
        heard = [event for event in events if isinstance(event, DawChanged)]
        assert (heard[-1].daw, heard[-1].version, heard[-1].project_name) == ("Ableton Live", "12.3.6", "song")
        manifest = Path(arrangement_clips(live)[0].file_path).with_name("manifest.json")
        live.song.current_song_time = 20.0
        for where, beat in (("trigger", 6.0), ("playhead", 20.0)):
            live.messages.clear()
            assert handle.place(manifest, where, 6.0).result(60) == "Ableton Live"
            live.wait_for("placed")
            assert arrangement_clips(live)[-1].start_time == beat
        live.messages.clear()
        handle.place(manifest, "scene", 6.0).result(60)
        live.wait_for("placed")
        assert len(live.song.scenes) == 5
        stems = [track for track in stem_tracks(live) if track.clip_slots[4].has_clip]
        assert len(stems) == len(stem_tracks(live)) // 3


def test_the_result_of_placing_a_take_is_shown_in_the_window(handle: AppHandle, tmp_path: Path) -> None:
    told: list[Message] = []
    handle.messages.subscribe(told.append)
    with running(tmp_path / "User Library", saved_set(tmp_path)) as live:
        generate(live)
        clips = arrangement_clips(live)
        stem = Path(clips[0].file_path)
        wait_until(lambda: told, "the window is told")
        assert told[-1] == Message("info", f"{len(clips)} stems are on tracks in Ableton Live.", topic="send")
        stem.unlink()
        handle.place(stem.with_name("manifest.json"), "playhead", 0.0).result(60)
        live.run(lambda: told[-1].level == "error", "the window is told what is wrong")
    assert told[-1].topic == "send"
    assert told[-1].text.startswith("Ableton Live: ")
    assert f"the file of {clips[0].name} is missing" in told[-1].text
