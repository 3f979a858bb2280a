"""Parts of the main window: a list of takes on real files, and a player without sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bridge.app.player.output import SilentOutput
from bridge.app.player.player import TakePlayer
from bridge.desktop.adapter import Adapter
from bridge.desktop.player.transport import Transport
from bridge.desktop.takes.card import TakeCard
from bridge.desktop.takes.list import TakeList
from bridge.desktop.window.playback import Playback
from bridge.settings import SettingsFile
from tests.helpers.take_files import write_take


@pytest.fixture
def take_list(qtbot: QtBot, tmp_path: Path) -> Iterator[TakeList]:
    made = TakeList(tmp_path / "waveforms")
    yield made
    made.close_threads()
    made._threads.shutdown(wait=True)
    made.close()
    made.deleteLater()  # not by qtbot, which would do it before the threads have ended


@pytest.fixture
def add(take_list: TakeList, tmp_path: Path) -> Callable[..., TakeCard]:
    """Writes a take into a folder of a name, and returns its card."""

    def one(name: str, **fields: object) -> TakeCard:
        return take_list.add(write_take(tmp_path / "takes" / name, **fields))  # type: ignore[arg-type]

    return one


@pytest.fixture
def playback(
    adapter: Adapter, settings: SettingsFile, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Playback]:
    """A playback, with its transport, whose player makes no sound."""
    monkeypatch.setattr(
        "bridge.desktop.window.playback.TakePlayer",
        partial(TakePlayer, open_output=lambda rate, _: SilentOutput(rate)),
    )
    transport = Transport(lambda: made.player)
    made = Playback(transport, settings, adapter.handle.messages)
    yield made
    made.player.unload()
    qapp.processEvents()  # the last changes of the player, before the transport goes
    transport.deleteLater()
