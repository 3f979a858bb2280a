"""A companion in a window's thread that is connected to AbletonOSC, with its window's events and messages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge.app.events import AppEvent, CoreReady, DawChanged
from bridge.app.handle import AppHandle
from bridge.home.folders import Folders
from bridge.home.launch_options import LaunchOptions
from bridge.home.messages import Message
from tests.helpers.waiting import wait_until


class ConnectedCompanion:
    """A companion that is connected to a Live through AbletonOSC."""

    def __init__(self, handle: AppHandle) -> None:
        self.handle = handle
        self.events: list[AppEvent] = []
        self.messages: list[Message] = []
        handle.subscribe(self.events.append)
        handle.messages.subscribe(self.messages.append)
        handle.start()
        ready = wait_until(lambda: self._of(CoreReady), "the companion runs")
        self.osc_port: int = ready[0].osc_port

    def _of(self, kind: type[AppEvent]) -> list[AppEvent]:
        return [event for event in self.events if isinstance(event, kind)]

    def wait_for_song(self, **expected: object) -> None:
        """Wait until the companion has this state of the song."""
        wait_until(lambda: self.knows(**expected), f"the companion knows {expected}")

    def knows(self, **expected: object) -> bool:
        """Return whether the newest state of Live has these values."""
        daws = self._of(DawChanged)
        return bool(daws) and all(getattr(daws[-1], name) == value for name, value in expected.items())


@contextmanager
def connected_companion(
    home: Path, live_port: int, reply_port: int, scale_is_key: bool = True
) -> Iterator[ConnectedCompanion]:
    """Run a companion beside an AbletonOSC at `live_port`, which answers to `reply_port`."""
    folders = Folders(home / "data", home / "config")
    folders.config.mkdir(parents=True, exist_ok=True)
    folders.settings.write_text(json.dumps({"live_scale_is_key": scale_is_key}))
    handle = AppHandle(
        LaunchOptions(folders, osc_port=0, http_port=0, abletonosc=True, abletonosc_ports=(live_port, reply_port))
    )
    try:
        yield ConnectedCompanion(handle)
    finally:
        handle.stop()
