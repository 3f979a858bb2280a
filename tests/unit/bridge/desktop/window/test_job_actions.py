"""Actions on jobs, over a handle that records them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from bridge.app.effective_session import EffectiveSession
from bridge.app.events import DawChanged, JobChanged
from bridge.app.rework import Rework
from bridge.desktop.adapter import Adapter
from bridge.desktop.takes.card import TakeCard
from bridge.desktop.takes.list import TakeList
from bridge.desktop.window.job_actions import JobActions
from bridge.home.messages import Message
from bridge.jobs.job import State
from bridge.settings import SettingsFile
from engine.errors import InvalidValue
from tests.helpers.fake_handle import FakeHandle

DAW = DawChanged("REAPER", "7.3", 97.6, "4/4", "E minor", 66.0, True, "/songs/harbour", "", "", 1000.0)
BLOCK: dict[str, object] = {"genres": "funk"}


def job(job_id: str, state: State = State.QUEUED, **fields: object) -> JobChanged:
    made = JobChanged(job_id, state, "queued", 0.0, "", (), 0.0, True, {})
    return replace(made, **fields)  # type: ignore[arg-type]


@pytest.fixture
def session() -> EffectiveSession:
    return EffectiveSession(clock=lambda: 1000.0)


@pytest.fixture
def actions(
    adapter: Adapter, session: EffectiveSession, settings: SettingsFile, take_list: TakeList, posted: list[Message]
) -> JobActions:
    return JobActions(adapter, session, settings, take_list)


def test_a_request_has_the_session_of_the_daw(
    actions: JobActions, session: EffectiveSession, handle: FakeHandle
) -> None:
    session.update_from_daw(DAW)
    actions.submit(BLOCK)
    ((request,),) = handle.called("submit")
    assert request.block == BLOCK
    assert (request.tempo, request.meter, request.key) == (97.6, "4/4", "E minor")
    assert (request.project, request.daw, request.start_beat) == ("/songs/harbour", "REAPER", 66.0)


def test_without_a_daw_it_begins_at_zero_in_the_folder_of_the_settings(
    actions: JobActions, settings: SettingsFile, handle: FakeHandle
) -> None:
    settings.set("project", "/takes")
    actions.submit(BLOCK)
    ((request,),) = handle.called("submit")
    assert (request.tempo, request.meter, request.key) == (None, "", "")
    assert (request.project, request.daw, request.start_beat) == ("/takes", "", 0.0)


def test_an_accepted_request_is_reported_and_goes_on(actions: JobActions, handle: FakeHandle, qtbot: QtBot) -> None:
    handle.answers["submit"] = "job-1"
    done: list[bool] = []
    with qtbot.waitSignal(actions.accepted):
        actions.submit(BLOCK, lambda: done.append(True))
    assert done == [True]


def test_a_refused_request_is_a_message_and_does_not_go_on(
    actions: JobActions, handle: FakeHandle, posted: list[Message], qtbot: QtBot
) -> None:
    handle.answers["submit"] = InvalidValue("bars", 0, "1–512")
    with qtbot.assertNotEmitted(actions.accepted):
        actions.submit(BLOCK, pytest.fail)
        qtbot.waitUntil(lambda: bool(posted))
    assert posted[0].text == "bars must be 1–512, not 0."


def test_a_rework_begins_where_its_take_does(
    actions: JobActions, add: Callable[..., TakeCard], handle: FakeHandle, qtbot: QtBot
) -> None:
    take = add("one").take
    actions.rework(Rework(take, (0, 16_000), "repaint"), {"engine": "ace-step"})
    qtbot.waitUntil(lambda: bool(handle.called("submit")))
    ((request,),) = handle.called("submit")
    assert request.start_beat == 16.0
    assert request.block["engine"] == "ace-step"
    assert (request.block["task"], request.block["region"]) == ("repaint", [0.0, 2.0])


def test_a_pad_without_a_daw_has_the_same_request(actions: JobActions, handle: FakeHandle) -> None:
    actions.set_pad_request(BLOCK)
    actions.submit(BLOCK)
    assert handle.called("stand_in") == handle.called("submit")


def test_unfinished_jobs_of_an_earlier_start_are_shown_in_their_order(
    actions: JobActions, handle: FakeHandle, take_list: TakeList, qtbot: QtBot
) -> None:
    handle.answers["jobs"] = [job("3"), job("2"), job("1", State.RUNNING), job("0", State.DONE)]
    actions.show_unfinished()
    qtbot.waitUntil(lambda: len(take_list.jobs) == 3)
    assert list(take_list.jobs) == ["1", "2", "3"]
    assert actions.unfinished() == 3


def test_failed_jobs_are_not_lost_by_closing(actions: JobActions, handle: FakeHandle, qtbot: QtBot) -> None:
    for one in (job("1"), job("2", State.FAILED)):
        handle.tell(one)
    qtbot.waitUntil(lambda: len(actions._take_list.jobs) == 2)
    assert actions.unfinished() == 1


@pytest.mark.parametrize(
    ("from_window", "expected"),
    [(True, [("/a.json", True), ("/b.json", False)]), (False, [("/a.json", False), ("/b.json", False)])],
)
def test_the_takes_of_a_job_are_reported_the_first_one_as_such(
    actions: JobActions, handle: FakeHandle, qtbot: QtBot, from_window: bool, expected: list[tuple[str, bool]]
) -> None:
    made: list[tuple[Path, bool]] = []
    actions.made.connect(lambda path, first: made.append((path, first)))
    handle.tell(job("1", State.DONE, manifests=("/a.json", "/b.json"), from_window=from_window))
    qtbot.waitUntil(lambda: len(made) == 2)
    assert made == [(Path(path), first) for path, first in expected]


def test_a_job_is_cancelled_and_a_failed_one_dismissed(
    actions: JobActions, handle: FakeHandle, take_list: TakeList
) -> None:
    take_list.show_job(job("1"))
    take_list.show_job(job("2", State.FAILED))
    take_list.job_requested.emit("1", "cancel")
    take_list.job_requested.emit("2", "dismiss")
    assert handle.called("cancel") == [["1"]]
    assert list(take_list.jobs) == ["1"]


def test_a_take_is_regenerated_with_the_session_as_it_is_shown(
    actions: JobActions, handle: FakeHandle, take_list: TakeList, qtbot: QtBot
) -> None:
    handle.answers["regenerate"] = "job-2"
    with qtbot.waitSignal(actions.accepted):
        take_list.job_requested.emit("1", "regenerate")
    ((job_id, request),) = handle.called("regenerate")
    assert (job_id, request.block) == ("1", {})
    assert request.tempo == actions._session.tempo


def test_a_job_that_is_tried_again_loses_its_old_row(
    actions: JobActions, handle: FakeHandle, take_list: TakeList, qtbot: QtBot
) -> None:
    handle.answers["again"] = "job-2"
    take_list.show_job(job("1", State.FAILED))
    take_list.job_requested.emit("1", "again")
    assert handle.called("again") == [["1"]]
    qtbot.waitUntil(lambda: take_list.jobs == {})


@pytest.mark.parametrize(
    ("job_id", "action", "order"),
    [
        ("2", "up", ["2", "1", "3"]),
        ("2", "down", ["1", "3", "2"]),
        ("1", "up", ["1", "2", "3"]),
        ("3", "down", ["1", "2", "3"]),
    ],
)
def test_waiting_jobs_move_by_one_and_stop_at_the_ends(
    actions: JobActions,
    handle: FakeHandle,
    take_list: TakeList,
    qtbot: QtBot,
    job_id: str,
    action: str,
    order: list[str],
) -> None:
    handle.answers["reorder"] = None
    for number in "123":
        take_list.show_job(job(number))
    take_list.job_requested.emit(job_id, action)
    assert handle.called("reorder") == [[order]]
    qtbot.waitUntil(lambda: take_list.waiting() == order)


def test_a_job_that_has_started_is_not_moved(actions: JobActions, handle: FakeHandle, take_list: TakeList) -> None:
    take_list.show_job(job("1", State.RUNNING))
    take_list.job_requested.emit("1", "down")
    assert handle.called("reorder") == []
