"""Events, messages and results of futures become signals on the GUI thread."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from bridge.app.events import CoreFailed, CoreReady, DawChanged, JobChanged, ModelWork
from bridge.desktop.adapter import Adapter
from bridge.doors.midi.status import MidiReport
from bridge.home.folders import Folders
from bridge.home.messages import Message
from bridge.jobs.job import State
from engine.errors import EngineUnavailable, InvalidValue
from tests.helpers.fake_handle import FakeHandle

EVENTS = [
    ("ready", CoreReady(9124, 9125)),
    ("failed", CoreFailed("no")),
    ("daw", DawChanged("REAPER", "7", 120.0, "4/4", "", 0.0, False, "", "", "")),
    ("job", JobChanged("1", State.QUEUED, "queued", 0.0, "", (), 0.0, True, {})),
    ("model", ModelWork("m", "M", "checking", 0, 1)),
    ("midi", MidiReport("none", False)),
]


@pytest.mark.parametrize(("signal", "event"), EVENTS, ids=[name for name, _ in EVENTS])
def test_each_event_has_its_signal(
    adapter: Adapter, handle: FakeHandle, qtbot: QtBot, signal: str, event: object
) -> None:
    with qtbot.waitSignal(getattr(adapter, signal)) as received:
        handle.tell(event)
    assert received.args == [event]


def test_messages_have_a_signal_too(adapter: Adapter, handle: FakeHandle, qtbot: QtBot) -> None:
    with qtbot.waitSignal(adapter.message) as received:
        handle.messages.info("Hello.")
    assert received.args == [Message("info", "Hello.")]


def test_events_of_other_threads_arrive_on_the_gui_thread(adapter: Adapter, handle: FakeHandle, qtbot: QtBot) -> None:
    threads: list[QThread] = []
    adapter.ready.connect(lambda _: threads.append(QThread.currentThread()))
    other = threading.Thread(target=lambda: handle.tell(CoreReady(1, 2)))
    other.start()
    other.join()
    assert threads == [], "delivered on the other thread"
    qtbot.waitUntil(lambda: bool(threads))
    assert threads == [adapter.thread()]


def test_a_result_is_passed_on(adapter: Adapter, qtbot: QtBot) -> None:
    results: list[int] = []
    future: Future[int] = Future()
    adapter.when_done(future, results.append)
    future.set_result(7)
    qtbot.waitUntil(lambda: results == [7])


def test_an_error_is_posted_or_given_to_its_own_callback(
    adapter: Adapter, posted: list[Message], qtbot: QtBot
) -> None:
    sentences: list[str] = []
    for failed in (None, sentences.append):
        future: Future[int] = Future()
        adapter.when_done(future, pytest.fail, failed)
        future.set_exception(InvalidValue("bars", 0, "1–512"))
    qtbot.waitUntil(lambda: len(sentences) == 1 and len(posted) == 1)
    assert sentences == [posted[0].text] == ["bars must be 1–512, not 0."]
    assert (posted[0].level, posted[0].topic, posted[0].action) == ("error", "answer", None)


def test_an_engine_that_is_missing_is_one_click_from_the_models(
    adapter: Adapter, posted: list[Message], qtbot: QtBot
) -> None:
    future: Future[int] = Future()
    adapter.when_done(future, pytest.fail)
    future.set_exception(EngineUnavailable("No model."))
    qtbot.waitUntil(lambda: bool(posted))
    assert posted[0].action is not None
    assert posted[0].action.command == "models"


def test_an_unexpected_error_names_its_type(adapter: Adapter, qtbot: QtBot) -> None:
    sentences: list[str] = []
    future: Future[int] = Future()
    adapter.when_done(future, pytest.fail, sentences.append)
    future.set_exception(ZeroDivisionError("by zero"))
    qtbot.waitUntil(lambda: bool(sentences))
    assert sentences == ["That did not work (ZeroDivisionError: by zero)."]


def settle(adapter: Adapter, qtbot: QtBot) -> None:
    """Wait until everything that was queued before is delivered."""
    seen: list[object] = []
    future: Future[None] = Future()
    adapter.when_done(future, seen.append)
    future.set_result(None)
    qtbot.waitUntil(lambda: bool(seen))


def test_nothing_is_called_for_a_cancelled_future_or_a_deleted_owner(adapter: Adapter, qtbot: QtBot) -> None:
    import shiboken6

    cancelled: Future[int] = Future()
    adapter.when_done(cancelled, pytest.fail, pytest.fail)
    cancelled.cancel()
    owner, late = QObject(), Future[int]()
    adapter.when_done(late, pytest.fail, pytest.fail, owner)
    shiboken6.delete(owner)
    late.set_result(1)
    settle(adapter, qtbot)


def test_nothing_is_delivered_after_closing(adapter: Adapter, handle: FakeHandle, qapp: QApplication) -> None:
    ready: list[object] = []
    adapter.ready.connect(ready.append)
    handle.tell(CoreReady(1, 2))
    adapter.close()
    qapp.processEvents()
    assert ready == []


def test_what_comes_after_qt_has_deleted_the_adapter_is_dropped(
    folders: Folders, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    handle = FakeHandle(folders)
    late = Adapter(handle)  # type: ignore[arg-type]
    future: Future[int] = Future()
    late.when_done(future, pytest.fail)
    delete(late)
    future.set_result(7)
    handle.tell(CoreReady(1, 2))
    assert "exception calling callback" not in caplog.text
