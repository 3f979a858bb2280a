"""The first minutes: the first-run page, a DAW's script installed with one click, folder, model and sound."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from bridge.desktop.models.models_page import ModelsPage
from bridge.desktop.settings.firstrun import FirstRun
from bridge.desktop.window.main_window import MainWindow
from bridge.settings import SettingsFile
from tests.helpers.desktop_hands import Open


@pytest.fixture
def bare_reaper_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """REAPER's resource folder, in a temporary home."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path / "home"))
    folder = tmp_path / "xdg" / "REAPER"
    folder.mkdir(parents=True)
    (folder / "reaper.ini").write_text("[reaper]\n")
    return folder


@pytest.fixture
def no_daw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nothing"))


def test_without_a_daw_on_this_computer_the_bar_shows_how_to_work_without_one(
    no_daw: None, window: MainWindow, qtbot: QtBot
) -> None:
    bar = window.daw_bar
    assert bar.hint.text() == "Works alone as well: set tempo and key by hand."
    assert bar.help.isVisible()
    bar.help.click()
    assert window.findChild(FirstRun).isVisible()


def test_a_daw_that_is_found_is_connected_by_one_click(
    bare_reaper_folder: Path, window: MainWindow, qtbot: QtBot
) -> None:
    bar = window.daw_bar
    qtbot.waitUntil(lambda: bar.help.text() == "Install the script")
    assert bar.hint.text() == "REAPER: found; the script is not installed."
    bar.help.click()
    qtbot.waitUntil(
        lambda: any("the script is installed" in m.text for m in window.message_bar.shown), timeout=120_000
    )
    assert list((bare_reaper_folder / "Scripts" / "StemBridge").glob("*.lua"))
    assert "Actions > Show action list" in window.message_bar.shown[0].text
    qtbot.waitUntil(lambda: bar.help.text() == "How to connect…")


def test_a_script_that_cannot_be_written_is_a_sentence(
    bare_reaper_folder: Path, window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: window.daw_bar.help.text() == "Install the script")
    (bare_reaper_folder / "Scripts").write_text("a file where the folder should be")
    window.daw_bar.help.click()
    qtbot.waitUntil(lambda: any("cannot be" in m.text for m in window.message_bar.shown))


def test_every_step_of_the_first_run_page_works_and_can_be_skipped(
    bare_reaper_folder: Path, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    song = tmp_path / "song"
    song.mkdir()
    monkeypatch.setattr("bridge.desktop.window.dawbar.QFileDialog.getExistingDirectory", lambda *_: str(song))
    monkeypatch.setattr("bridge.desktop.settings.firstrun.devices", lambda: ["Speakers", "Headphones"])
    page = window.pages.show_first_run()
    qtbot.waitUntil(lambda: "reaper" in page.daw_rows and page.device.count() == 3)
    words, install = page.daw_rows["reaper"]
    install.click()
    qtbot.waitUntil(lambda: "the script is installed" in words.text())
    assert not install.isVisible()
    page.device.setCurrentIndex(2)
    assert SettingsFile(window._settings.path)["output_device"] == "Headphones"
    assert window.playback.player.device == "Headphones"
    page.folder_requested.emit()
    assert window.session.project == str(song)
    page.models_requested.emit()
    assert window.findChild(ModelsPage).isVisible()
    page.accept()
    assert not window.pages.is_first_run


def test_a_tone_on_a_machine_without_sound_is_a_sentence(no_daw: None, window: MainWindow, qtbot: QtBot) -> None:
    page = window.pages.show_first_run()
    page.device.setItemData(0, "no such device")
    page.play_tone()
    qtbot.waitUntil(lambda: "silently" in page.sound.text())


def test_the_page_opens_once_and_later_from_the_menu(no_daw: None, open_desktop: Open, qtbot: QtBot) -> None:
    window = open_desktop()
    assert window.pages.is_first_run
    window.pages.show_first_run().reject()
    assert not window.pages.is_first_run
    assert not open_desktop().pages.is_first_run
    (again,) = (one for one in window.daw_bar.build_menu().actions() if "First steps" in one.text())
    again.trigger()
    assert any(page.isVisible() for page in window.findChildren(FirstRun))
