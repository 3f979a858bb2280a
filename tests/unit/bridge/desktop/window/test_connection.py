"""The window's side of the companion's life."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from bridge.app.effective_session import EffectiveSession
from bridge.app.events import CoreFailed, CoreReady, DawChanged
from bridge.desktop.adapter import Adapter
from bridge.desktop.window.connection import CompanionConnection
from bridge.desktop.window.message_bar import MessageBar
from bridge.home.launch_options import DEFAULT_OSC_PORT
from bridge.home.messages import Message
from tests.helpers.fake_handle import FakeHandle

DAW = DawChanged("REAPER", "7.3", 97.6, "4/4", "E minor", 66.0, True, "", "", "")


@pytest.fixture
def bar(qtbot: QtBot) -> MessageBar:
    made = MessageBar()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def session() -> EffectiveSession:
    return EffectiveSession()


@pytest.fixture
def connection(adapter: Adapter, session: EffectiveSession, bar: MessageBar) -> CompanionConnection:
    return CompanionConnection(adapter, session, bar)


def test_the_port_is_the_one_that_was_asked_for_until_the_companion_names_its_own(
    connection: CompanionConnection, handle: FakeHandle, qtbot: QtBot
) -> None:
    assert connection.osc_port == DEFAULT_OSC_PORT
    with qtbot.waitSignal(connection.listening) as listening:
        handle.tell(CoreReady(50_001, 50_002))
    assert listening.args == [True]
    assert connection.osc_port == 50_001


@pytest.mark.parametrize(
    ("port_taken", "label", "command"), [(True, "Use a free port", "free_port"), (False, "Try again", "restart")]
)
def test_a_companion_that_fails_is_a_message_with_the_way_out(
    connection: CompanionConnection,
    handle: FakeHandle,
    bar: MessageBar,
    qtbot: QtBot,
    port_taken: bool,
    label: str,
    command: str,
) -> None:
    with qtbot.waitSignal(connection.listening) as listening:
        handle.tell(CoreFailed("The port is taken.", port_taken))
    assert listening.args == [False]
    (message,) = bar.shown
    assert (message.level, message.text) == ("error", "The port is taken.")
    assert message.action is not None
    assert (message.action.label, message.action.command) == (label, command)


def test_the_message_goes_once_the_companion_listens(
    connection: CompanionConnection, handle: FakeHandle, bar: MessageBar, qtbot: QtBot
) -> None:
    handle.tell(CoreFailed("No."))
    qtbot.waitUntil(lambda: bool(bar.shown))
    handle.tell(CoreReady(1, 2))
    qtbot.waitUntil(lambda: not bar.shown)


def test_a_restart_takes_the_message_away_and_passes_the_changes_on(
    connection: CompanionConnection, handle: FakeHandle, bar: MessageBar, qtbot: QtBot
) -> None:
    handle.tell(CoreFailed("No."))
    qtbot.waitUntil(lambda: bool(bar.shown))
    connection.restart(host="0.0.0.0")
    connection.use_free_port()
    assert bar.shown == []
    assert handle.called("restart") == [[{"host": "0.0.0.0"}], [{"osc_port": 0, "http_port": 0}]]


def test_the_daws_values_reach_the_session(
    connection: CompanionConnection, handle: FakeHandle, session: EffectiveSession, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(connection.daw_changed):
        handle.tell(DAW)
    assert session.daw is DAW
    assert (session.tempo, session.meter, session.key) == (97.6, "4/4", "E minor")


def test_a_fault_of_the_daws_project_is_a_message(
    connection: CompanionConnection, handle: FakeHandle, posted: list[Message], qtbot: QtBot
) -> None:
    from dataclasses import replace

    handle.tell(DAW)
    handle.tell(replace(DAW, project_fault="The project has no folder."))
    qtbot.waitUntil(lambda: bool(posted))
    assert [(one.text, one.topic) for one in posted] == [("The project has no folder.", "project")]
