"""Heartbeats of DAW scripts that speak OSC, written where `stembridge daw status` reads them."""

from __future__ import annotations

import time
from pathlib import Path

from bridge.doors.bus import EventBus, SessionChanged
from bridge.home.heartbeat import INTERVAL_S, write_heartbeat

GREETINGS = {"Ableton Live": "ableton"}
"""The name that our script gives in `/hello` → the DAW's name in the table of DAWs."""


class ScriptHeartbeat:
    """Writes a heartbeat for each script that is in contact, at most once a second."""

    def __init__(self, folder: Path, bus: EventBus) -> None:
        """Write into the mailbox `folder` whenever a DAW sends its state."""
        self._folder = folder
        self._written_s: dict[str, float] = {}
        bus.subscribe(SessionChanged, self._note)

    def _note(self, event: SessionChanged) -> None:
        daw = GREETINGS.get(event.state.daw)
        now_s = time.monotonic()
        if daw is not None and now_s - self._written_s.get(daw, -INTERVAL_S) >= INTERVAL_S:
            self._written_s[daw] = now_s
            write_heartbeat(self._folder, daw)
