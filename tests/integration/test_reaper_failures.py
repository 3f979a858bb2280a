"""Failures around REAPER's Generate: the companion is down, slow, killed; the folder cannot be written to."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.helpers.command_here import run_here
from tests.helpers.companion_process import Start
from tests.helpers.folders import everything_in
from tests.helpers.paths import ROOT
from tests.helpers.reaper_daw import generate, install, reaper, resources, running, select_bars, set_settings, song
from tests.helpers.reaper_stub.session import ESCAPE, Reaper

__all__ = ["reaper", "resources"]  # fixtures


@pytest.fixture
def own_resources(tmp_path: Path) -> Path:
    """REAPER's resource folder with the actions for a companion of this test alone."""
    return install(tmp_path / "home", tmp_path / "REAPER")


def test_a_request_waits_for_the_companion_and_is_done_when_it_starts(
    own_resources: Path, start: Start, tmp_path: Path
) -> None:
    with running(own_resources) as reaper:
        project = song(reaper, tmp_path / "song")
        set_settings(project, bars="1")
        script = reaper.press("_STEMBRIDGE_GENERATE")
        reaper.run(lambda: "does not run" in script.window.text)
        assert not (tmp_path / "home" / "data" / "mailbox").exists()
        start()
        reaper.run(lambda: project.undo)
        assert len(project.tracks) == 5


def test_a_companion_killed_mid_job_is_waited_for_and_the_next_one_says_what_happened(
    own_resources: Path, start: Start, tmp_path: Path
) -> None:
    with running(own_resources) as reaper:
        project = song(reaper, tmp_path / "song")
        select_bars(project, 1, 150)
        companion = start()
        script = reaper.press("_STEMBRIDGE_GENERATE")
        reaper.run(lambda: "Generating" in script.window.text)
        companion.kill()
        reaper.run(lambda: "waiting for it" in script.window.text)
        start()
        reaper.run(lambda: "was ended while this job ran" in script.window.text)
        assert project.tracks == []
        script.window.keys.append(ESCAPE)
        reaper.run()
    assert list((tmp_path / "song").glob("StemBridge/*")) == []


def test_a_companion_ended_by_a_signal_mid_job_reports_it_at_once(
    own_resources: Path, start: Start, tmp_path: Path
) -> None:
    with running(own_resources) as reaper:
        project = song(reaper, tmp_path / "song")
        select_bars(project, 1, 150)
        with start() as companion:
            script = reaper.press("_STEMBRIDGE_GENERATE")
            reaper.run(lambda: "Generating" in script.window.text)
            companion.stop()
        reaper.run(lambda: "was closed while this job ran" in script.window.text)
        script.window.keys.append(ESCAPE)
        reaper.run()
    left = everything_in(tmp_path / "home" / "data" / "mailbox")
    assert left == ["in", "out", "reaper.alive", "to"]


def test_a_companion_that_hangs_is_reported_and_loses_nothing(
    own_resources: Path, start: Start, tmp_path: Path
) -> None:
    with running(own_resources) as reaper:
        project = song(reaper, tmp_path / "song")
        set_settings(project, bars="1")
        companion = start()
        companion.process.send_signal(signal.SIGSTOP)
        script = reaper.press("_STEMBRIDGE_GENERATE")
        reaper.run(lambda: "does not answer" in script.window.text)
        companion.process.send_signal(signal.SIGCONT)
        reaper.run(lambda: project.undo)
        assert len(project.tracks) == 5


def test_a_companion_killed_with_a_request_unread_leaves_it_to_the_next(
    own_resources: Path, start: Start, tmp_path: Path
) -> None:
    with running(own_resources) as reaper:
        project = song(reaper, tmp_path / "song")
        set_settings(project, bars="1")
        companion = start()
        companion.process.send_signal(signal.SIGSTOP)
        reaper.press("_STEMBRIDGE_GENERATE")
        companion.kill()
        start()
        reaper.run(lambda: project.undo)
        assert len(project.tracks) == 5


def test_a_folder_that_cannot_be_written_to_is_named(reaper: Reaper, tmp_path: Path) -> None:
    project = song(reaper, tmp_path)
    (tmp_path / "StemBridge").write_text("a file where the takes' folder would be")
    script = generate(reaper)
    assert str(tmp_path) in script.window.text
    assert "a folder that can be written to" in script.window.text
    assert (project.tracks, project.undo) == ([], [])


def test_a_project_whose_folder_is_gone_is_named(reaper: Reaper, tmp_path: Path) -> None:
    song(reaper, tmp_path / "gone")
    (tmp_path / "gone" / "song.rpp").unlink()
    (tmp_path / "gone").rmdir()
    script = generate(reaper)
    assert "a folder that exists (save the project first)" in script.window.text


def test_open_companion_starts_one_and_then_finds_it(
    own_resources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with running(own_resources) as reaper:
        for _ in range(2):
            script = reaper.press("_STEMBRIDGE_OPEN")
            reaper.run()
            assert script.window.text == "Stem Bridge 0.1.0 is running."
        assert len(reaper.functions.processes) == 1


def test_daw_status_shows_that_the_scripts_run(own_resources: Path, start: Start, tmp_path: Path) -> None:
    status = ("daw", "status", "reaper", "--dest", str(own_resources))
    assert "its scripts were never heard" in run_here(tmp_path / "home", *status).stdout
    start()
    with running(own_resources) as reaper:
        song(reaper, tmp_path / "song")
        generate(reaper)
    assert "its scripts are heard now" in run_here(tmp_path / "home", *status).stdout
