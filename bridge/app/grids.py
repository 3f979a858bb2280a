"""The tempo maps and sample rates that DAWs have reported, kept to complete requests of the window.

The window knows only a tempo and a position. The tempo map that begins there and the project's sample rate are looked
up here when a request arrives, by its DAW, position and tempo.
"""

from __future__ import annotations

from collections import deque

from bridge.request.session_state import SessionState

KEPT = 32
"""Reports to keep. A DAW reports its playhead about once a second, so what the window shows is among these."""


class Grids:
    """The latest timeline reports of DAWs. Not thread-safe: used on the companion's thread."""

    def __init__(self) -> None:
        self._reports: deque[SessionState] = deque(maxlen=KEPT)

    def note(self, state: SessionState) -> None:
        """Keep a copy of the timeline that a DAW reports now."""
        rate = {name: value for name, value in state.block.items() if name == "sample_rate"}
        self._reports.append(
            SessionState(state.daw, tempo=state.tempo, tempo_map=state.tempo_map, position=state.position, block=rate)
        )

    def complete(self, state: SessionState) -> None:
        """Add to a request's state its DAW's sample rate, and the tempo map reported at its position and tempo."""
        for report in reversed(self._reports):
            if report.daw == state.daw:
                state.block = report.block | state.block
                if (report.playhead_beats, report.tempo) == (state.playhead_beats, state.tempo):
                    state.tempo_map = report.tempo_map
                    return
