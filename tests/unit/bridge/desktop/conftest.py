"""Widgets without a window and without a companion: on no screen, over a handle that only records calls."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from bridge.desktop.adapter import Adapter
from bridge.home.folders import Folders
from bridge.home.messages import Message
from bridge.settings import SettingsFile
from tests.helpers.fake_handle import FakeHandle


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "home" / "data", tmp_path / "home" / "config")


@pytest.fixture
def settings(folders: Folders) -> SettingsFile:
    return SettingsFile(folders.settings)


@pytest.fixture
def handle(folders: Folders) -> FakeHandle:
    return FakeHandle(folders)


@pytest.fixture
def posted(handle: FakeHandle) -> list[Message]:
    """Every message that was posted to the user, in order."""
    messages: list[Message] = []
    handle.messages.subscribe(messages.append)
    return messages


@pytest.fixture
def adapter(handle: FakeHandle, qtbot: QtBot) -> Iterator[Adapter]:
    made = Adapter(handle)  # type: ignore[arg-type]
    yield made
    made.close()
    # Widgets that are left over would be restyled with each later one: every test would take longer than the last.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
