"""Signs of life of DAW scripts that speak OSC, kept where `stembridge daw status` looks for them."""

from __future__ import annotations

import time
from pathlib import Path

from bridge.home.heartbeat import INTERVAL_S, write_heartbeat
from bridge.request.session_state import SessionState

GREETINGS = {"Ableton Live": "ableton"}
"""What our script says `/hello` with → the DAW's name in the table of DAWs."""


class ScriptHeartbeat:
    """Notes who was heard, at most once a second each."""

    def __init__(self, folder: Path) -> None:
        """Note it in the mailbox `folder`."""
        self._folder = folder
        self._noted_s: dict[str, float] = {}

    def heard(self, state: SessionState) -> None:
        """Note a message of the DAW that has told `state`; others than our scripts are passed over."""
        daw = GREETINGS.get(state.daw)
        now_s = time.monotonic()
        if daw is not None and now_s - self._noted_s.get(daw, -INTERVAL_S) >= INTERVAL_S:
            self._noted_s[daw] = now_s
            write_heartbeat(self._folder, daw)
