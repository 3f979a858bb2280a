"""Failures during work: each is a message in the window with a way out, and nothing is lost."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from bridge.desktop.settings.settings_page import SettingsPage
from bridge.desktop.takes.card import TakeCard
from bridge.desktop.takes.jobrow import JobRow
from bridge.desktop.window.main_window import MainWindow
from bridge.home.folders import Folders
from bridge.jobs.job import State
from bridge.takes.export import Export
from tests.helpers.desktop_hands import Open

linux = pytest.mark.skipif(sys.platform != "linux", reason="limits of other processes exist on Linux only")


def worker_of(window: MainWindow) -> psutil.Process | None:
    """Return the engine's process."""
    for child in psutil.Process().children():
        if "bridge.jobs.worker.main" in " ".join(child.cmdline()):
            return child
    return None


def ask(window: MainWindow, qtbot: QtBot, bars: int, tempo: float = 120.0) -> JobRow:
    window.session.override("tempo", tempo)
    window.request.genres.text.setPlainText("funk")
    window.request.shape.bars.setValue(bars)
    window.request.go.click()
    qtbot.waitUntil(lambda: bool(window.take_list.jobs))
    return next(iter(window.take_list.jobs.values()))


def failed(job: JobRow, qtbot: QtBot) -> str:
    qtbot.waitUntil(lambda: job.job.state is State.FAILED)
    assert job.again.isVisible()
    return job.phase.text()


def told(window: MainWindow, qtbot: QtBot, part: str) -> str:
    """Wait for a message that has `part` in it; return it."""
    qtbot.waitUntil(lambda: any(part in m.text for m in window.message_bar.shown))
    return next(m.text for m in window.message_bar.shown if part in m.text)


def test_an_engine_that_crashes_costs_one_job_which_can_be_tried_again(window: MainWindow, qtbot: QtBot) -> None:
    job = ask(window, qtbot, 100)
    qtbot.waitUntil(lambda: job.job.progress > 0.05)
    worker = worker_of(window)
    assert worker is not None
    worker.kill()
    assert "it is started anew for the next job" in failed(job, qtbot)
    assert window.request.block()["genres"] == "funk"
    window.request.shape.bars.setValue(1)
    window.request.go.click()  # the next one has a new engine
    qtbot.waitUntil(lambda: len(window.take_list.cards) == 1)
    job.again.click()
    qtbot.waitUntil(lambda: window.job_actions.unfinished() == 1)
    (running,) = (one for one in window.take_list.jobs.values() if not one.job.state.is_final)
    assert running.job.block["bars"] == 100
    running.cancel.click()
    qtbot.waitUntil(lambda: window.job_actions.unfinished() == 0)


@linux
def test_a_job_that_fails_on_a_full_disk_can_be_tried_again(
    window: MainWindow, qtbot: QtBot, folders: Folders
) -> None:
    import resource

    qtbot.waitUntil(lambda: worker_of(window) is not None or bool(ask(window, qtbot, 1)))
    qtbot.waitUntil(lambda: len(window.take_list.cards) == 1)
    worker = worker_of(window)
    assert worker is not None
    limits = resource.prlimit(worker.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, (500_000, limits[1]))
    job = ask(window, qtbot, 4)
    sentence = failed(job, qtbot)
    assert str(folders.takes) in sentence
    assert len(list((folders.takes / "StemBridge").iterdir())) == 1  # nothing half-written
    resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, limits)
    job.again.click()
    qtbot.waitUntil(lambda: len(window.take_list.cards) == 2)


def test_a_missing_sound_device_is_reported_once_and_the_take_plays_on(
    window: MainWindow, card: TakeCard, qtbot: QtBot
) -> None:
    window.playback.player.device = "no such device"
    window._settings.set("output_device", "no such device")
    for _ in range(2):
        card.play.click()
        qtbot.waitUntil(lambda: window.playback.player.position > 3_000)
        card.play.click()
    assert "silently" in told(window, qtbot, "silently")
    assert len(window.message_bar.shown) == 1
    action = window.message_bar.shown[0].action
    assert action is not None
    window.message_bar.requested.emit(action.command)
    assert window.findChild(SettingsPage).isVisible()


def test_an_http_port_in_use_is_reported_with_a_way_out(open_desktop: Open, qtbot: QtBot, folders: Folders) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        window = open_desktop(http_port=taken.getsockname()[1])
        assert "already in use" in told(window, qtbot, "HTTP")
        window.message_bar.requested.emit("free_port")
        qtbot.waitUntil(window.request.go.isEnabled)
        assert window.message_bar.shown == []


def test_an_unusable_data_folder_is_reported_and_fixed_by_one_click(
    open_desktop: Open, qtbot: QtBot, folders: Folders
) -> None:
    folders.data.parent.mkdir(parents=True)
    folders.data.write_text("a file where the folder should be")
    window = open_desktop()
    assert str(folders.data) in told(window, qtbot, "own folder")
    assert not window.request.go.isEnabled()
    window.request.genres.text.setPlainText("funk")  # text that is typed meanwhile stays
    folders.data.unlink()
    assert window.message_bar.shown[0].action is not None
    window.message_bar.requested.emit(window.message_bar.shown[0].action.command)
    qtbot.waitUntil(window.request.go.isEnabled)
    assert window.message_bar.shown == []
    assert window.request.block()["genres"] == "funk"


def test_a_take_with_missing_files_is_a_sentence(window: MainWindow, card: TakeCard, qtbot: QtBot) -> None:
    card.take.stems[0].path.unlink()
    card.play.click()
    assert card.take.stems[0].path.name in told(window, qtbot, card.take.stems[0].path.name)
    assert not window.playback.player.is_playing


def test_an_export_into_a_folder_that_cannot_be_written_is_a_sentence(
    window: MainWindow, card: TakeCard, qtbot: QtBot, tmp_path: Path
) -> None:
    window.take_actions.export(card, tmp_path / "gone", Export("mix", "flac"))
    assert "gone" in told(window, qtbot, "export")


def test_an_unwritable_project_folder_is_refused_when_it_is_chosen(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    window.session.override("project", str(tmp_path / "file"))
    window.session.override("tempo", 120.0)
    window.request.shape.seed.setText("5")
    window.request.genres.text.setPlainText("funk")
    window.request.go.click()
    told(window, qtbot, str(tmp_path / "file"))
    assert window.request.block()["seed"] == 5  # the request is still there


def test_a_second_start_raises_the_first_window_and_ends(tmp_path: Path, qtbot: QtBot) -> None:
    environ = {**os.environ, "STEMBRIDGE_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.json").write_text('{"osc_port": 0, "http_port": 0}')
    first = subprocess.Popen([sys.executable, "-m", "bridge"], env=environ, stderr=subprocess.PIPE, text=True)
    try:
        qtbot.waitUntil(lambda: (tmp_path / "data" / "companion.json").exists())
        second = subprocess.run(
            [sys.executable, "-m", "bridge"], env=environ, capture_output=True, text=True, timeout=60
        )
        assert (second.returncode, second.stdout) == (0, "")
        assert first.poll() is None
    finally:
        first.terminate()
        _, errors = first.communicate(timeout=120)
    assert first.returncode == 0  # ended by a signal, it ends as if it had been closed
    assert "Traceback" not in errors
    assert not (tmp_path / "data" / "companion.json").exists()
    assert (tmp_path / "data" / "window.json").exists()


def test_a_broken_settings_file_is_reported_and_left_unchanged(
    open_desktop: Open, qtbot: QtBot, folders: Folders
) -> None:
    folders.config.mkdir(parents=True)
    folders.settings.write_text("{ not json")
    window = open_desktop()
    told(window, qtbot, "settings.json")
    assert folders.settings.read_text() == "{ not json"
