"""The takes of the project, with a request panel and actions that only record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from bridge.app.effective_session import EffectiveSession
from bridge.app.events import DawChanged
from bridge.desktop.takes.card import TakeCard
from bridge.desktop.takes.list import TakeList
from bridge.desktop.takes.region import RegionBar
from bridge.desktop.window.playback import Playback
from bridge.desktop.window.project_takes import ProjectTakes
from bridge.home.folders import Folders
from bridge.home.messages import Message
from bridge.settings import SettingsFile
from bridge.takes.layout import takes_folder
from engine.registry import SKETCH
from tests.helpers.fake_handle import FakeHandle
from tests.helpers.take_files import RATE, write_take

DAW = DawChanged("REAPER", "7.3", 97.6, "4/4", "", 0.0, False, "", "", "", 1000.0)


class Recorder:
    """Records the calls of any method."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *values, **named: self.calls.append((name, *values, *named.values()))


@pytest.fixture
def take_actions() -> Recorder:
    return Recorder()


@pytest.fixture
def request_panel() -> SimpleNamespace:
    shown: list[object] = []
    return SimpleNamespace(shown=shown, show_block=shown.append, engines=SimpleNamespace(info=SKETCH))


@pytest.fixture
def region_bar(qtbot: QtBot) -> RegionBar:
    made = RegionBar()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def session() -> EffectiveSession:
    return EffectiveSession(clock=lambda: 1000.0)


@pytest.fixture
def project_takes(
    take_list: TakeList,
    request_panel: SimpleNamespace,
    region_bar: RegionBar,
    playback: Playback,
    take_actions: Recorder,
    session: EffectiveSession,
    settings: SettingsFile,
    folders: Folders,
    handle: FakeHandle,
    posted: list[Message],
) -> ProjectTakes:
    return ProjectTakes(
        take_list,
        request_panel,  # type: ignore[arg-type]
        region_bar,
        playback,
        take_actions,  # type: ignore[arg-type]
        session,
        settings,
        folders,
        handle.messages,
    )


@pytest.fixture
def opened(take_list: TakeList, monkeypatch: pytest.MonkeyPatch) -> list[list[Path]]:
    """The folders that the list was asked to show, call by call."""
    calls: list[list[Path]] = []
    monkeypatch.setattr(take_list, "open_folders", calls.append)
    return calls


def test_without_a_project_only_our_own_folder_is_shown(
    project_takes: ProjectTakes, folders: Folders, opened: list[list[Path]]
) -> None:
    project_takes.open_takes()
    assert opened == [[takes_folder(folders.takes)]]


def test_the_project_of_the_session_comes_before_that_of_the_settings(
    project_takes: ProjectTakes,
    session: EffectiveSession,
    settings: SettingsFile,
    folders: Folders,
    opened: list[list[Path]],
) -> None:
    own = takes_folder(folders.takes)
    settings.set("project", "/set")
    project_takes.open_takes()
    session.update_from_daw(DAW)
    session.override("project", "/song")
    project_takes.open_takes()
    assert opened == [[takes_folder(Path("/set"), ""), own], [takes_folder(Path("/song"), "REAPER"), own]]


def test_the_list_follows_only_a_change_of_the_project(
    project_takes: ProjectTakes, session: EffectiveSession, opened: list[list[Path]]
) -> None:
    project_takes.follow_project()
    session.override("project", "/song")
    project_takes.follow_project()
    project_takes.follow_project()
    assert len(opened) == 1


def test_a_new_take_is_shown_with_its_variations_and_the_first_is_loaded(
    project_takes: ProjectTakes, take_list: TakeList, playback: Playback, tmp_path: Path, take_actions: Recorder
) -> None:
    second = write_take(tmp_path / "job" / "b").manifest
    first = write_take(tmp_path / "job" / "a", variations=["manifest.json", "../b/manifest.json"]).manifest
    project_takes.take_made(first, True)
    assert set(take_list.cards) == {first, second}
    assert playback.card is take_list.cards[first]
    assert not playback.player.is_playing
    assert take_actions.calls == []


def test_a_further_take_is_only_shown(project_takes: ProjectTakes, playback: Playback, tmp_path: Path) -> None:
    project_takes.take_made(write_take(tmp_path / "a").manifest, False)
    assert playback.card is None


def test_a_finished_take_plays_if_that_is_set_and_nothing_plays(
    project_takes: ProjectTakes, playback: Playback, settings: SettingsFile, tmp_path: Path
) -> None:
    settings.set("play_when_done", True)
    project_takes.take_made(write_take(tmp_path / "a", bars=8).manifest, True)
    assert playback.player.is_playing
    before = playback.card
    project_takes.take_made(write_take(tmp_path / "b").manifest, True)
    assert playback.card is before


def test_a_finished_take_is_sent_if_that_is_set_and_a_daw_is_there(
    project_takes: ProjectTakes,
    take_list: TakeList,
    session: EffectiveSession,
    settings: SettingsFile,
    take_actions: Recorder,
    tmp_path: Path,
) -> None:
    settings.set("send_when_done", True)
    settings.set("place", "playhead")
    project_takes.take_made(write_take(tmp_path / "a").manifest, True)
    assert take_actions.calls == []
    session.update_from_daw(DAW)
    manifest = write_take(tmp_path / "b").manifest
    project_takes.take_made(manifest, True)
    assert take_actions.calls == [("send", take_list.cards[manifest], "playhead")]


def test_a_take_that_cannot_be_read_is_a_message(
    project_takes: ProjectTakes, posted: list[Message], tmp_path: Path
) -> None:
    project_takes.take_made(tmp_path / "manifest.json", True)
    assert (posted[0].level, posted[0].topic) == ("error", "take")


@pytest.mark.parametrize(
    ("action", "value", "call"),
    [
        ("copy", None, ("copy_block",)),
        ("rename", "Idea", ("annotate", "Idea")),
        ("favourite", True, ("annotate", True)),
        ("reveal", None, ("reveal",)),
        ("export", None, ("ask_export",)),
        ("delete", None, ("delete",)),
        ("send", "scene", ("send", "scene")),
    ],
)
def test_actions_on_a_card_are_carried_out(
    project_takes: ProjectTakes,
    add: Callable[..., TakeCard],
    take_actions: Recorder,
    action: str,
    value: object,
    call: tuple[str, ...],
) -> None:
    card = add("one")
    card.requested.emit(action, value)
    name, *values = call
    assert take_actions.calls == [(name, card, *values)]


def test_the_block_of_a_take_goes_into_the_request(
    project_takes: ProjectTakes, add: Callable[..., TakeCard], request_panel: SimpleNamespace
) -> None:
    add("one").requested.emit("use", None)
    assert request_panel.shown == [{"genres": "funk", "seed": 7}]


def test_a_click_loads_a_take_unless_one_plays(
    project_takes: ProjectTakes, add: Callable[..., TakeCard], playback: Playback
) -> None:
    one, two = add("one", bars=8), add("two")
    one.requested.emit("select", None)
    assert playback.card is one
    one.requested.emit("play", None)
    assert playback.player.is_playing
    two.requested.emit("select", None)
    assert playback.card is one


def test_playhead_balance_and_take_b_reach_the_playback(
    project_takes: ProjectTakes, add: Callable[..., TakeCard], playback: Playback
) -> None:
    one, two = add("one"), add("two")
    one.requested.emit("seek", 5_000)
    assert playback.player.position == 5_000
    two.strips.strips[0].mute.click()
    mixer = playback.player.mixer
    assert mixer is not None
    assert mixer.channels["drums"].level_db == 0.0, "the other card's balance"
    one.strips.strips[0].mute.click()
    assert mixer.channels["drums"].level_db == -60.0
    two.requested.emit("compare", None)
    assert playback.other is two


def test_marked_bars_are_offered_and_looped(
    project_takes: ProjectTakes, add: Callable[..., TakeCard], playback: Playback, region_bar: RegionBar
) -> None:
    card = add("one", bars=4)
    playback.load(card)
    playback._transport.loop.click()
    card.waveform.set_region((2 * RATE, 6 * RATE))
    assert region_bar.text.text().startswith("Bars 2–3 marked")
    mixer = playback.player.mixer
    assert mixer is not None
    assert mixer.loop == (2 * RATE, 6 * RATE)
    card.waveform.set_region(None)
    assert not region_bar.isVisible()
    assert mixer.loop == (0, 8 * RATE)


@pytest.mark.parametrize("action", ["regenerate", "again"])
@pytest.mark.parametrize(("take_id", "job_id"), [("ab12cd34", "ab12cd34"), ("ab12cd34-2", "ab12cd34")])
def test_a_take_is_made_once_more_as_a_job(
    project_takes: ProjectTakes, take_list: TakeList, tmp_path: Path, action: str, take_id: str, job_id: str
) -> None:
    asked: list[tuple[str, str]] = []
    take_list.job_requested.connect(lambda *request: asked.append(request))
    project_takes.take_made(write_take(tmp_path / "a", id=take_id).manifest, False)
    (card,) = take_list.cards.values()
    card.requested.emit(action, None)
    assert asked == [(job_id, action)]
