"""Updates in the window: the message with its button, and the result of pressing it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from bridge.app import updates
from bridge.app.updates import COMMAND, TOPIC, ProgressMessages
from bridge.home.folders import Folders
from bridge.home.messages import Message, MessageAction, Messages
from bridge.upkeep.engine_env.progress import InstallStep, ReportStep
from bridge.upkeep.updates import Outdated
from engine.errors import StemBridgeError

WAIT_S = 30.0
FOLDERS = Folders(Path("/none/data"), Path("/none/config"))


@pytest.fixture
def posted() -> list[Message]:
    return []


@pytest.fixture
def messages(posted: list[Message]) -> Messages:
    messages = Messages()
    messages.subscribe(posted.append)
    return messages


def let_find(monkeypatch: pytest.MonkeyPatch, *outdated: Outdated) -> None:
    monkeypatch.setattr(updates, "find_outdated", lambda folders: list(outdated) if folders is FOLDERS else None)


def outdated(name: str, repair: Callable[[ReportStep], object] = lambda _: None, is_told: bool = True) -> Outdated:
    return Outdated(name, "0.9", f"{name} is old.", repair, is_told)


def test_what_is_outdated_is_one_warning_with_the_button(
    messages: Messages, posted: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    let_find(monkeypatch, outdated("REAPER"), outdated("Live", is_told=False), outdated("The engine"))
    updates.look(messages, FOLDERS).result(WAIT_S)
    assert posted == [
        Message("warning", "REAPER is old. The engine is old.", MessageAction("Update", COMMAND), TOPIC)
    ]


def test_nothing_to_tell_is_no_message(
    messages: Messages, posted: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    let_find(monkeypatch, outdated("Live", is_told=False))
    updates.look(messages, FOLDERS).result(WAIT_S)
    assert posted == []


def test_a_repair_shows_its_progress_and_its_end(
    messages: Messages, posted: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    let_find(monkeypatch, outdated("The engine", lambda report: report(InstallStep("torch", 0.25, "fetching torch"))))
    updates.repair(messages, FOLDERS).result(WAIT_S)
    assert posted == [
        Message("info", "Updating: 25% torch: fetching torch", topic=TOPIC),
        Message("info", "Everything is up to date.", topic=TOPIC),
    ]


def test_what_cannot_be_repaired_is_an_error_that_offers_another_try(
    messages: Messages, posted: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: ReportStep) -> None:
        raise StemBridgeError("REAPER is running.")

    let_find(monkeypatch, outdated("REAPER", fail), outdated("Live"), outdated("Ardour", fail))
    updates.repair(messages, FOLDERS).result(WAIT_S)
    again = MessageAction("Try again", COMMAND)
    assert posted == [Message("error", "REAPER is running. REAPER is running.", again, TOPIC)]


def test_progress_is_posted_at_once_and_then_every_two_seconds(
    messages: Messages, posted: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(now_s=0.0, monotonic=lambda: clock.now_s)
    monkeypatch.setattr(updates, "time", clock)
    report = ProgressMessages(messages)
    for percent in range(6):
        report(InstallStep("torch", percent / 100, "fetching torch"))
        clock.now_s += 0.7
    assert [message.text for message in posted] == [
        "Updating: 0% torch: fetching torch",
        "Updating: 3% torch: fetching torch",
    ]
