"""The window and REAPER: the real scripts, installed by the real installer, beside the window's own companion."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from bridge.desktop.takes.card import TakeCard
from bridge.desktop.window.main_window import MainWindow
from tests.helpers.desktop_hands import Open
from tests.helpers.reaper_hands import project, reaper
from tests.helpers.reaper_stub.model import Marker, Project
from tests.helpers.reaper_stub.session import Reaper

__all__ = ["project", "reaper"]  # fixtures

CONNECT = "_STEMBRIDGE_CONNECT"


@pytest.fixture
def song(project: Project) -> Project:
    """A saved project at 97.6 BPM in 7/8, with the cursor at bar 5."""
    project.markers = [Marker(0.0, 97.6, (7, 8))]
    project.cursor_s = project.seconds_at(14.0)
    return project


def until(reaper: Reaper, qtbot: QtBot, condition: object) -> None:
    """Let both programs run until `condition()` is true."""

    def step() -> bool:
        reaper.tick()
        assert callable(condition)
        return bool(condition())

    qtbot.waitUntil(step)


def test_the_window_sees_reaper_and_sends_it_a_take(
    window: MainWindow, card: TakeCard, reaper: Reaper, song: Project, qtbot: QtBot
) -> None:
    reaper.press(CONNECT)
    until(reaper, qtbot, lambda: window.daw_bar.daw.text() == "REAPER")
    assert (window.session.tempo, window.session.meter) == (97.6, "7/8")
    assert window.session.project == str(Path(song.file).parent)
    until(reaper, qtbot, lambda: True)
    beat = float(card.take.data["start_beat"])
    for number, (where, seconds) in enumerate((("trigger", song.seconds_at(beat)), ("playhead", song.cursor_s))):
        card.requested.emit("send", where)
        until(reaper, qtbot, lambda number=number: len(song.undo) > number)
        placed = song.items[-len(card.take.stems) :]
        assert [item.start_s for item in placed] == pytest.approx([seconds] * len(placed))
        files = [take.source.file for item in placed for take in item.takes if take.source]
        assert files == [stem.path for stem in card.take.stems]
    card.requested.emit("send", "scene")
    until(reaper, qtbot, lambda: any("cannot put a take in a new scene" in m.text for m in window.message_bar.shown))
    assert len(song.undo) == 2


def test_a_take_made_in_the_window_is_placed_in_reapers_project_automatically(
    open_desktop: Open, reaper: Reaper, song: Project, qtbot: QtBot
) -> None:
    window = open_desktop(send_when_done=True)
    qtbot.waitUntil(lambda: window.request.go.isEnabled())
    reaper.press(CONNECT)
    until(reaper, qtbot, lambda: window.daw_bar.daw.text() == "REAPER")
    window.request.genres.text.setPlainText("funk")
    window.request.shape.bars.setValue(1)
    window.request.go.click()
    until(reaper, qtbot, lambda: song.undo)
    assert {item.start_s for item in song.items} == {song.seconds_at(14.0)}
    folders = {take.source.file.parent for item in song.items for take in item.takes if take.source}
    assert [folder.parent for folder in folders] == [Path(song.file).parent / "StemBridge"]


def test_a_take_made_in_the_window_follows_the_projects_changes_of_tempo_and_its_sample_rate(
    window: MainWindow, reaper: Reaper, song: Project, qtbot: QtBot
) -> None:
    song.markers.append(Marker(song.seconds_at(17.5), 120.0))  # a bar after the cursor
    song.values |= {"PROJECT_SRATE_USE": 1.0, "PROJECT_SRATE": 44_100.0}
    reaper.press(CONNECT)
    until(reaper, qtbot, lambda: window.daw_bar.daw.text() == "REAPER")
    window.request.genres.text.setPlainText("funk")
    window.request.shape.bars.setValue(2)
    window.request.go.click()
    until(reaper, qtbot, lambda: window.take_list.cards)
    (card,) = window.take_list.cards.values()
    changes = [(point["beat"], point["bpm"]) for point in card.take.data["tempo_map"]]
    assert changes == [(0.0, 97.6), (3.5, 120.0)]
    assert card.take.data["sample_rate"] == 44_100
    assert card.take.frames == round((song.seconds_at(21.0) - song.seconds_at(14.0)) * 44_100)
    window.session.override("tempo", 90.0)  # by hand: the project's map no longer counts
    window.request.go.click()
    until(reaper, qtbot, lambda: len(window.take_list.cards) == 2)
    by_hand = next(one for one in window.take_list.cards.values() if one is not card)
    assert (by_hand.take.data["tempo"], by_hand.take.data["tempo_map"]) == (90.0, [])


def test_a_reaper_without_its_script_is_reported_with_a_way_out(
    window: MainWindow,
    card: TakeCard,
    reaper: Reaper,
    song: Project,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reaper.press(CONNECT)
    until(reaper, qtbot, lambda: window.daw_bar.daw.text() == "REAPER")
    reaper.scripts[0].end()
    monkeypatch.setattr("bridge.doors.files.live_link.ALIVE_S", 0.0)
    card.requested.emit("send", "trigger")
    qtbot.waitUntil(
        lambda: any("run its action “Stem Bridge: stay connected”" in m.text for m in window.message_bar.shown)
    )
