"""The messages of the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractButton, QFrame, QLabel
from pytestqt.qtbot import QtBot

from bridge.desktop.window import message_bar
from bridge.desktop.window.message_bar import MAX_SHOWN, MessageBar
from bridge.home.messages import Message, Messages


@pytest.fixture
def bar(qtbot: QtBot) -> MessageBar:
    made = MessageBar()
    qtbot.addWidget(made)
    return made


def texts(bar: MessageBar) -> list[str]:
    return [message.text for message in bar.shown]


def frames(bar: MessageBar) -> list[QFrame]:
    return [frame for _, frame in bar._shown]


def press(frame: QFrame, name: str) -> None:
    (button,) = (one for one in frame.findChildren(QAbstractButton) if one.accessibleName() == name)
    button.click()


def test_it_takes_no_room_until_there_is_a_message(bar: MessageBar) -> None:
    assert not bar.isVisible()
    bar.show_message(Message("error", "The disk is full."))
    assert bar.isVisible()
    assert frames(bar)[0].property("level") == "error"
    assert frames(bar)[0].accessibleName() == "The disk is full."


def test_a_message_replaces_the_older_one_of_its_topic(bar: MessageBar) -> None:
    for text, topic in (("One.", "a"), ("Two.", "b"), ("Three.", "a")):
        bar.show_message(Message("warning", text, topic=topic))
    assert texts(bar) == ["Two.", "Three."]


def test_messages_without_a_topic_stay_side_by_side(bar: MessageBar) -> None:
    for text in ("One.", "Two."):
        bar.show_message(Message("warning", text))
    bar.clear_topic("")
    assert texts(bar) == ["One.", "Two."]


def test_the_oldest_goes_when_there_are_too_many(bar: MessageBar) -> None:
    for number in range(MAX_SHOWN + 2):
        bar.show_message(Message("warning", str(number)))
    assert texts(bar) == [str(number) for number in range(2, MAX_SHOWN + 2)]


def test_a_topic_is_cleared_and_the_bar_goes_with_its_last_message(bar: MessageBar) -> None:
    bar.show_message(Message("error", "One.", topic="core"))
    bar.clear_topic("other")
    assert texts(bar) == ["One."]
    bar.clear_topic("core")
    assert texts(bar) == []
    assert not bar.isVisible()


def test_a_message_can_be_dismissed(bar: MessageBar) -> None:
    for text in ("One.", "Two."):
        bar.show_message(Message("error", text))
    press(frames(bar)[0], "Dismiss this message")
    assert texts(bar) == ["Two."]


def test_its_action_is_a_button_with_a_command(bar: MessageBar, qtbot: QtBot) -> None:
    road = Messages()
    road.subscribe(bar.show_message)
    from bridge.desktop.window.connection import TOPIC
    from bridge.desktop.window.playback import OPEN_SETTINGS

    road.error("No sound.", OPEN_SETTINGS, TOPIC)
    with qtbot.waitSignal(bar.requested) as asked:
        press(frames(bar)[0], "Settings…")
    assert asked.args == ["settings"]
    assert texts(bar) == ["No sound."], "what it does may take the message away, the click alone does not"


def test_only_infos_disappear_by_themselves(bar: MessageBar, monkeypatch: pytest.MonkeyPatch) -> None:
    due: list[object] = []
    monkeypatch.setattr(QTimer, "singleShot", lambda ms, _, call: due.append((ms, call)))
    bar.show_message(Message("error", "Stays."))
    bar.show_message(Message("info", "Goes."))
    ((ms, call),) = due  # type: ignore[misc]
    assert ms == message_bar.INFO_MS
    call()  # type: ignore[operator]
    assert texts(bar) == ["Stays."]
    call()  # type: ignore[operator]


def test_markup_in_a_message_is_text(bar: MessageBar) -> None:
    bar.show_message(Message("error", "<b>x</b>"))
    assert frames(bar)[0].findChild(QLabel).text() == "<b>x</b>"
    assert frames(bar)[0].findChild(QLabel).textFormat().name == "PlainText"
