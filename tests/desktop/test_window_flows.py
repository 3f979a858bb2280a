"""A producer's work with the window, from the first click to the file in another program."""

from __future__ import annotations

import json
import socket
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox
from pytestqt.qtbot import QtBot
from pythonosc.osc_message import OscMessage

from bridge.desktop.models.models_page import ModelsPage
from bridge.desktop.takes.card import TakeCard
from bridge.desktop.takes.drag import DragHandle, files_of
from bridge.desktop.takes.export import ExportDialog
from bridge.desktop.window.main_window import MainWindow
from bridge.jobs.job import State
from bridge.takes.export import Export
from bridge.takes.library import read_take
from tests.helpers.desktop_hands import Daw, Open, make


def test_generate_makes_a_take_with_stems_on_disk_and_waveforms_on_screen(window: MainWindow, qtbot: QtBot) -> None:
    card = make(window, qtbot)
    assert {"drums", "bass", "chords"} <= {stem.name for stem in card.take.stems}
    assert all(stem.path.is_file() for stem in card.take.stems)
    assert card.take.data["tempo"] == 120.0
    assert card.take.frames == 192_000
    drums = card.waveform._peaks["drums"]
    assert drums.high.max() > 20
    assert "ms off grid" in card.badge.text()


def test_a_wrong_value_is_a_sentence_and_no_job(window: MainWindow, qtbot: QtBot) -> None:
    window.request.shape.seed.setText("lucky")
    window.request.genres.text.setPlainText("funk")
    window.request.go.click()
    qtbot.waitUntil(lambda: bool(window.message_bar.shown))
    assert "seed" in window.message_bar.shown[0].text
    assert not window.take_list.jobs


def test_jobs_can_be_reordered_and_cancelled(window: MainWindow, qtbot: QtBot) -> None:
    window.session.override("tempo", 120.0)
    window.request.shape.bars.setValue(120)
    for genres in ("funk", "house", "rock"):
        window.request.genres.text.setPlainText(genres)
        window.request.go.click()
    qtbot.waitUntil(lambda: len(window.take_list.jobs) == 3 and len(window.take_list.waiting()) == 2)
    second, third = window.take_list.waiting()
    assert window.take_list.jobs[third].job.block["genres"] == "rock"
    window.take_list.jobs[third].up.click()
    qtbot.waitUntil(lambda: window.take_list.waiting() == [third, second])
    (running,) = set(window.take_list.jobs) - {second, third}
    window.take_list.jobs[running].cancel.click()
    qtbot.waitUntil(lambda: window.take_list.jobs[third].job.state is State.RUNNING)
    for job_id in (second, third):
        window.take_list.jobs[job_id].cancel.click()
    qtbot.waitUntil(lambda: not window.take_list.jobs)
    assert not window.take_list.cards


def test_a_connected_daw_sets_the_session_until_a_value_is_locked(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    project = tmp_path / "song"
    project.mkdir()
    with Daw(window.connection.osc_port) as daw:
        daw.say("/hello", "REAPER", "7.3")
        daw.say("/tempo", 97.6)
        daw.say("/timesig", 7, 8)
        daw.say("/key", "F#m")
        daw.say("/position", 16.0)
        daw.say("/project", str(project), "song")
        qtbot.waitUntil(lambda: window.session.project == str(project))
        bar = window.daw_bar
        assert bar.daw.text() == "REAPER"
        assert [bar.fields[name].text() for name in ("tempo", "meter", "key")] == ["97.6", "7/8", "F# minor"]
        assert bar.position.text() == "5.5"
        assert not bar.help.isVisible()
        bar.locks["tempo"].click()
        daw.say("/tempo", 140.0)
        daw.say("/key", "Am")
        qtbot.waitUntil(lambda: window.session.key == "A minor")
    assert window.session.tempo == 97.6
    bar.locks["tempo"].click()
    assert bar.fields["tempo"].text() == "140"


def test_send_to_daw_sends_the_take_and_its_place(window: MainWindow, card: TakeCard, qtbot: QtBot) -> None:
    with Daw(window.connection.osc_port) as daw:
        daw.say("/hello", "Live", "12")
        assert OscMessage(daw.socket.recv(2000)).address == "/stembridge/welcome"
        card.requested.emit("send", "scene")
        qtbot.waitUntil(lambda: any("Sent to Live" in m.text for m in window.message_bar.shown))
        message = OscMessage(daw.socket.recv(2000))
    assert message.address == "/stembridge/take/place"
    assert message.params == [str(card.take.manifest), "scene", 0.0]


def test_sending_without_a_daw_shows_what_to_do(window: MainWindow, card: TakeCard, qtbot: QtBot) -> None:
    card.requested.emit("send", "trigger")
    qtbot.waitUntil(lambda: any("No DAW is connected" in m.text for m in window.message_bar.shown))


def test_typing_a_tempo_overrides_and_nonsense_is_a_sentence(window: MainWindow, qtbot: QtBot) -> None:
    field = window.daw_bar.fields["tempo"]
    for text, tempo in (("133.5", 133.5), ("1000", 133.5)):
        field.selectAll()
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert window.session.tempo == tempo
    qtbot.waitUntil(lambda: any("tempo must be 20–400" in m.text for m in window.message_bar.shown))
    assert field.text() == "133.5"


def test_playing_moves_the_playhead_and_looping_stays_in_the_mark(
    window: MainWindow, card: TakeCard, qtbot: QtBot
) -> None:
    card.play.click()
    qtbot.waitUntil(lambda: window.playback.player.position > 5_000)
    assert window.playback.player.is_playing
    card.play.click()
    assert not window.playback.player.is_playing
    bars = card.take.bar_frames()
    card.waveform.set_region((bars[1], card.take.frames))
    window.transport.loop.click()
    mixer = window.playback.player.mixer
    assert mixer is not None
    assert mixer.loop == (bars[1], card.take.frames)


def test_mute_and_solo_change_the_sound_and_the_picture(window: MainWindow, card: TakeCard) -> None:
    window.playback.load(card)
    drums, bass = card.strips.strips[:2]
    drums.solo.click()
    mixer = window.playback.player.mixer
    assert mixer is not None
    mixer.seek(0)
    heard = np.concatenate([mixer.render(1000) for _ in range(20)])
    alone = soundfile.read(drums.stem.path, dtype="float32")[0][:20_000]
    assert np.abs(heard[1000:] - alone[1000:]).max() < 1e-6
    bass.mute.click()
    assert card.waveform._quiet == {stem.name for stem in card.take.stems} - {"drums"}


def test_a_and_b_change_places_at_the_same_beat(window: MainWindow, card: TakeCard, qtbot: QtBot) -> None:
    window.session.override("tempo", 60.0)
    window.request.genres.text.setPlainText("rock")
    window.request.go.click()
    qtbot.waitUntil(lambda: len(window.take_list.cards) == 2)
    (other,) = (one for one in window.take_list.cards.values() if one is not card)
    window.playback.load(card)
    window.playback.compare_with(other)
    window.playback.seek(card, 96_000)  # beat 4 at 120
    window.transport.swap.click()
    assert window.playback.card is other
    assert window.playback.player.position == pytest.approx(4 * 48_000, abs=2)


def test_the_dragged_files_are_those_of_the_project(card: TakeCard) -> None:
    (handle,) = (one for one in card.findChildren(DragHandle) if one.accessibleName() == "Drag all stems")
    urls = files_of(handle.paths).urls()
    assert [Path(url.toLocalFile()) for url in urls] == [stem.path for stem in card.take.stems]
    handle.click()
    assert [url.toLocalFile() for url in QApplication.clipboard().mimeData().urls()] == [str(p) for p in handle.paths]


def test_names_and_favourites_are_kept_beside_the_take(window: MainWindow, card: TakeCard) -> None:
    card.requested.emit("rename", "Chorus idea")
    card.star.click()
    again = read_take(card.take.manifest)
    assert (again.title, again.favourite) == ("Chorus idea", True)
    window.take_list.only.click()
    assert card.isVisible()
    card.star.click()
    assert read_take(card.take.manifest).favourite is False


def test_use_again_brings_block_and_seed_back(window: MainWindow, card: TakeCard) -> None:
    window.request.genres.text.clear()
    card.requested.emit("use", None)
    assert window.request.block()["genres"] == "funk, slap bass"
    assert window.request.block()["seed"] == card.take.seed


def test_presets_are_saved_shared_pasted_and_renamed(window: MainWindow) -> None:
    menu = window.request.presets
    window.request.genres.text.setPlainText("dub techno")
    menu.save("My dub")
    menu.share()
    assert json.loads(QApplication.clipboard().text())["genres"] == "dub techno"
    window.request.genres.text.clear()
    menu.paste()
    assert window.request.block()["genres"] == "dub techno"
    menu.rename("My dub", "Other dub")
    assert "Other dub" in menu._presets.names()
    assert "My dub" not in menu._presets.names()


def test_deleting_moves_the_folder_to_the_trash(
    window: MainWindow, card: TakeCard, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    window.playback.load(card)
    card.requested.emit("delete", None)
    assert not window.take_list.cards
    assert not card.take.folder.exists()


def test_a_region_offers_what_the_engine_can_do(window: MainWindow, card: TakeCard) -> None:
    bars = card.take.bar_frames()
    card.waveform.set_region((bars[1], card.take.frames))
    assert window.region_bar.isVisible()
    assert "Bars 2–2 marked" in window.region_bar.text.text()
    assert not window.region_bar.repaint_it.isVisible()  # the sketch engine cannot
    window.region_bar.get.click()
    assert window.findChild(ModelsPage).isVisible()
    card.waveform.set_region(None)
    assert not window.region_bar.isVisible()


@pytest.mark.parametrize("form", ["wav", "flac", "mp3"])
def test_exported_files_can_be_read(
    window: MainWindow, card: TakeCard, qtbot: QtBot, tmp_path: Path, form: str
) -> None:
    window.take_actions.export(card, tmp_path, Export("stems", form)).result(60)
    (folder,) = tmp_path.glob("funk*")
    assert len(list(folder.glob(f"*.{form}"))) == len(card.take.stems)
    assert all(soundfile.info(path).frames >= card.take.frames for path in folder.iterdir())
    qtbot.waitUntil(lambda: any("Exported" in m.text for m in window.message_bar.shown))


def test_a_mix_with_its_mutes_and_levels_is_exported_into_one_zip(
    window: MainWindow, card: TakeCard, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Export through the dialog, as a user does."""
    monkeypatch.setattr(
        "bridge.desktop.window.take_actions.QFileDialog.getExistingDirectory", lambda *_: str(tmp_path)
    )

    def choose(dialog: ExportDialog) -> int:
        dialog.what.setCurrentIndex(dialog.what.findData("balance"))
        dialog.format.setCurrentIndex(dialog.format.findData("flac"))
        dialog.zipped.setChecked(True)
        return 1

    monkeypatch.setattr(ExportDialog, "exec", choose)
    for strip in card.strips.strips[1:]:
        strip.mute.click()
    card.requested.emit("export", None)
    qtbot.waitUntil(lambda: any("Exported" in m.text for m in window.message_bar.shown))
    (archive,) = tmp_path.glob("*.zip")
    with zipfile.ZipFile(archive) as packed:
        (name,) = packed.namelist()
        packed.extract(name, tmp_path)
    heard = soundfile.read(tmp_path / name, dtype="float32")[0]
    alone = soundfile.read(card.strips.strips[0].stem.path, dtype="float32")[0]
    assert np.abs(heard - alone).max() < 1e-4


def test_the_metronome_clicks_at_the_level_of_the_settings(window: MainWindow, card: TakeCard) -> None:
    window.playback.load(card)
    window.transport.metronome.click()
    mixer = window.playback.player.mixer
    assert mixer is not None
    assert mixer.metronome_db == window._settings.number("metronome_db")
    window.transport.metronome.click()
    assert mixer.metronome_db is None


def test_a_tempo_is_tapped(window: MainWindow, qtbot: QtBot) -> None:
    now = iter([10.0, 10.5, 11.0, 11.5])
    window.daw_bar._tap.clock = lambda: next(now)
    for _ in range(4):
        qtbot.keyClick(window, Qt.Key.Key_T)
    assert window.session.tempo == 120.0
    assert window.daw_bar.fields["tempo"].text() == "120"


def test_a_project_folder_is_picked_and_takes_go_there(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    song = tmp_path / "song"
    song.mkdir()
    monkeypatch.setattr("bridge.desktop.window.dawbar.QFileDialog.getExistingDirectory", lambda *_: str(song))
    window.daw_bar.project.click()
    assert window.daw_bar.project.text() == "song"
    card = make(window, qtbot, bars=1)
    assert song in card.take.folder.parents


def test_a_take_shows_its_origin_and_can_be_used_again(window: MainWindow, card: TakeCard) -> None:
    page = card.show_details()
    assert json.loads(page.block.toPlainText())["seed"] == card.take.seed
    words = " ".join(label.text() for label in page.findChildren(QLabel))
    assert "median error" in words
    assert "no neural model" in words
    page.requested.emit("use")
    assert window.request.block()["seed"] == card.take.seed


def test_a_take_is_shown_in_its_folder(
    window: MainWindow, card: TakeCard, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []

    def open_url(url: QUrl) -> bool:
        shown.append(url.toLocalFile())
        return False

    monkeypatch.setattr("bridge.desktop.window.take_actions.QDesktopServices.openUrl", open_url)
    card.requested.emit("reveal", None)
    assert shown == [str(card.take.folder)]
    qtbot.waitUntil(lambda: any(str(card.take.folder) in m.text for m in window.message_bar.shown))


def test_a_port_in_use_is_a_sentence_with_a_way_out(open_desktop: Open, qtbot: QtBot) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        window = open_desktop(osc_port=taken.getsockname()[1])
        qtbot.waitUntil(lambda: any("already in use" in m.text for m in window.message_bar.shown))
        message = next(m for m in window.message_bar.shown if "already in use" in m.text)
        assert not window.request.go.isEnabled()
        assert message.action is not None
        window.message_bar.requested.emit(message.action.command)
        qtbot.waitUntil(window.request.go.isEnabled)
        assert window.connection.osc_port != taken.getsockname()[1]


def test_the_window_remembers_request_and_overrides(open_desktop: Open, qtbot: QtBot) -> None:
    first = open_desktop()
    first.request.genres.text.setPlainText("ambient")
    first.session.override("key", "Dm")
    first.close()
    second = open_desktop()
    assert second.request.block()["genres"] == "ambient"
    assert second.session.key == "D minor"


def test_closing_asks_only_when_work_would_be_lost(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda self: asked.append(1) or 0)
    monkeypatch.setattr(QMessageBox, "clickedButton", lambda self: self.defaultButton())
    window.session.override("tempo", 120.0)
    window.request.shape.bars.setValue(120)
    window.request.genres.text.setPlainText("funk")
    window.request.go.click()
    qtbot.waitUntil(lambda: window.job_actions.unfinished() == 1)
    assert not window.close()
    assert asked
    assert window.isVisible()
    next(iter(window.take_list.jobs.values())).cancel.click()
    qtbot.waitUntil(lambda: window.job_actions.unfinished() == 0)
    asked.clear()
    assert window.close()
    assert not asked


def test_variations_all_show_up(window: MainWindow, qtbot: QtBot) -> None:
    window.request.shape.variations.setValue(2)
    make_two(window, qtbot)
    assert len(window.take_list.cards) == 2


def make_two(window: MainWindow, qtbot: QtBot) -> None:
    window.session.override("tempo", 120.0)
    window.request.genres.text.setPlainText("house")
    window.request.shape.bars.setValue(1)
    window.request.go.click()
    qtbot.waitUntil(lambda: len(window.take_list.cards) == 2)
