"""Failures around Live: the companion is down, slow, killed; files are missing; the set is closed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.helpers.ableton.fake_live.host import FakeLive
from tests.helpers.command_here import run_here
from tests.helpers.companion_process import CompanionProcess, Start
from tests.helpers.live_daw import (
    CANCEL,
    arrangement_clips,
    generate,
    install,
    library,
    live_companion,
    live_home,
    press,
    running,
    saved_set,
    stem_tracks,
    wait_for_companion,
    write_pads,
)

__all__ = ["library", "live_companion", "live_home"]  # fixtures

LONG_BARS = 60


@pytest.fixture
def own_home(tmp_path: Path) -> Path:
    """A home folder of this test alone, for companions that are ended."""
    install(tmp_path / "home", tmp_path / "User Library")
    write_pads(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def own_library(own_home: Path) -> Path:
    return own_home.parent / "User Library"


def launch(live: FakeLive, name: str) -> None:
    """Launch a trigger clip of this name."""
    live.song.tracks[0].put_midi_clip(0, name)
    live.tick()
    live.song.tracks[0].clip_slots[0].fire()


def long_job(live: FakeLive, bars: int = LONG_BARS) -> None:
    """Start a job that takes seconds, and wait until it runs."""
    live.run(lambda: live.surface._session._link.is_connected)
    launch(live, f"@stembridge funk | {bars}")
    live.wait_for("Generating")


def test_a_request_waits_for_the_companion_and_is_done_when_it_starts(
    own_home: Path, own_library: Path, start: Start, tmp_path: Path
) -> None:
    with running(own_library, saved_set(tmp_path)) as live:
        launch(live, "@stembridge funk | 1")
        live.wait_for("Start Stem Bridge")
        start()
        live.wait_for("once more")


def test_a_pad_without_a_companion_shows_a_sentence(own_library: Path) -> None:
    with running(own_library) as live:
        live.tick()
        live.press((0x90, 36, 100))
        live.wait_for("Start Stem Bridge")


@pytest.mark.slow
def test_a_companion_killed_mid_job_is_waited_for_and_the_next_one_says_what_happened(
    own_home: Path, own_library: Path, start: Start, tmp_path: Path
) -> None:
    with running(own_library, saved_set(tmp_path)) as live:
        companion: CompanionProcess = start()
        long_job(live)
        companion.kill()
        live.wait_for("waiting for it")
        start()
        live.wait_for("was ended while this job ran")
        assert stem_tracks(live) == []
        # The clip is free again, and sends its request to the new companion.
        live.messages.clear()
        live.song.tracks[0].clip_slots[0].clip.name = "@stembridge funk | 1"
        live.song.tracks[0].stop()
        live.song.tracks[0].clip_slots[0].fire()
        live.wait_for("once more")


@pytest.mark.slow
def test_a_companion_that_hangs_is_reported_and_loses_nothing(
    live_companion: CompanionProcess, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(library, saved_set(tmp_path)) as live:
        live.run(lambda: live.surface._session._link.is_connected)
        live_companion.process.send_signal(signal.SIGSTOP)
        try:
            launch(live, "@stembridge funk | 1")
            live.run(lambda: live.said("does not answer"))
        finally:
            live_companion.process.send_signal(signal.SIGCONT)
        live.wait_for("placed")


def test_cancel_stops_the_job_and_leaves_nothing(
    live_companion: CompanionProcess, library: Path, tmp_path: Path
) -> None:
    with running(library, saved_set(tmp_path)) as live:
        long_job(live)
        live.press(CANCEL)
        live.wait_for("Cancelled")
        assert stem_tracks(live) == []


def test_a_missing_file_is_named_and_nothing_is_placed(
    live_companion: CompanionProcess, library: Path, tmp_path: Path
) -> None:
    with running(library, saved_set(tmp_path)) as live:
        generate(live)
        clip = arrangement_clips(live)[0]
        file = Path(clip.file_path)
        file.unlink()
        before = [track.name for track in live.song.tracks]
        live.messages.clear()
        live.surface._session._handle("/take/place", [str(file.with_name("manifest.json")), "playhead", 0.0])
        live.wait_for(f"the file of {clip.name} is missing")
        live.run(
            lambda: f"the file of {clip.name} is missing" in live_companion.log.read_text(), "the companion is told"
        )
        assert [track.name for track in live.song.tracks] == before


def test_a_file_that_live_cannot_read_leaves_no_track_behind(
    live_companion: CompanionProcess, library: Path, tmp_path: Path
) -> None:
    with running(library, saved_set(tmp_path)) as live:
        generate(live)
        manifest = Path(arrangement_clips(live)[0].file_path).with_name("manifest.json")
        before = [track.name for track in live.song.tracks]
        live.song.tracks[-1]._values["is_frozen"] = True
        live.messages.clear()
        live.surface._session._handle("/take/place", [str(manifest), "playhead", 1e9])
        live.surface._session._placements[-1].beat = 1e9
        live.wait_for("Live could not take")
        assert [track.name for track in live.song.tracks] == before


def test_a_failed_job_shows_the_reason(live_companion: CompanionProcess, library: Path, tmp_path: Path) -> None:
    file = saved_set(tmp_path)
    with running(library, file) as live:
        wait_for_companion(live)
        launch(live, "@stembridge funk | 9000")
        live.wait_for("length must be")
        assert stem_tracks(live) == []


def test_a_project_that_cannot_be_written_to_is_named(
    live_companion: CompanionProcess, library: Path, tmp_path: Path
) -> None:
    file = saved_set(tmp_path)
    (file.parent / "Samples").write_text("a file where the takes' folder would be")
    with running(library, file) as live:
        press(live)
        live.wait_for("a folder that can be written to")


@pytest.mark.slow
def test_a_set_closed_mid_job_gets_no_music_in_the_next_one(
    live_companion: CompanionProcess, library: Path, tmp_path: Path
) -> None:
    with running(library, saved_set(tmp_path)) as live:
        long_job(live, bars=16)
        live.open_set(str(saved_set(tmp_path, "next")))
        live.messages.clear()
        generate(live)
        tracks = stem_tracks(live)
        assert all("next Project" in track.arrangement_clips[0].file_path for track in tracks)


def test_a_set_closed_while_its_stems_are_placed_ends_quietly(
    live_companion: CompanionProcess, library: Path, tmp_path: Path
) -> None:
    with running(library, saved_set(tmp_path)) as live:
        press(live)
        live.run(lambda: stem_tracks(live))
        live.open_set()
        for _ in range(20):
            live.tick()
        assert stem_tracks(live) == []


def test_an_invalid_clip_name_shows_a_sentence(library: Path) -> None:
    with running(library) as live:
        launch(live, "@stembridge funk | many")
        live.wait_for("bars in “@stembridge funk | many” must be a number")


def test_daw_status_shows_that_the_control_surface_runs(own_home: Path, own_library: Path, start: Start) -> None:
    status = ("daw", "status", "ableton", "--dest", str(own_library))
    assert "its scripts were never heard" in run_here(own_home, *status).stdout
    start()
    with running(own_library) as live:
        wait_for_companion(live)
        live.run((own_home / "data" / "mailbox" / "ableton.alive").exists, "its sign of life is there")
    assert "its scripts are heard now" in run_here(own_home, *status).stdout


def test_a_companion_ended_by_a_signal_mid_job_reports_it(own_library: Path, start: Start, tmp_path: Path) -> None:
    companion = start()
    with running(own_library, saved_set(tmp_path)) as live:
        long_job(live)
        companion.stop()
        live.wait_for("was closed while this job ran")
        assert stem_tracks(live) == []


def test_a_request_that_a_killed_companion_had_not_read_is_sent_again(
    own_library: Path, start: Start, tmp_path: Path
) -> None:
    companion = start()
    with running(own_library, saved_set(tmp_path)) as live:
        wait_for_companion(live)
        companion.process.send_signal(signal.SIGSTOP)
        launch(live, "@stembridge funk | 1")
        live.run(lambda: live.surface._session._jobs._waiting[0].sent_s, "the request is sent")
        companion.kill()
        start()
        live.wait_for("once more")


def test_an_engine_that_dies_is_reported_and_the_next_job_runs(
    live_companion: CompanionProcess, library: Path, tmp_path: Path
) -> None:
    with running(library, saved_set(tmp_path)) as live:
        long_job(live)
        os.kill(live_companion.worker_pid(), signal.SIGKILL)
        live.wait_for("engine")
        generate(live)
        assert arrangement_clips(live)


def test_a_project_whose_folder_is_gone_is_named(
    live_companion: CompanionProcess, library: Path, tmp_path: Path
) -> None:
    with running(library, tmp_path / "gone" / "song.als") as live:
        press(live)
        live.wait_for("a folder that exists (save the project first)")
