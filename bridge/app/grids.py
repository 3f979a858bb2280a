"""The tempo maps, meter maps and sample rates that DAWs have reported, kept to complete requests of the window.

The window knows only a tempo, a meter and a position. The maps that begin there and the project's sample rate are
looked up here when a request arrives, by its DAW, position, tempo and meter.
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
            SessionState(
                state.daw,
                tempo=state.tempo,
                tempo_map=state.tempo_map,
                meter=state.meter,
                meter_map=state.meter_map,
                position=state.position,
                block=rate,
            )
        )

    def complete(self, state: SessionState) -> None:
        """Add to a request's state its DAW's sample rate, and the maps reported at its position, tempo and meter."""
        for report in reversed(self._reports):
            if report.daw == state.daw:
                state.block = report.block | state.block
                if report.playhead_beats == state.playhead_beats and report.meter == state.meter:
                    state.meter_map = state.meter_map or report.meter_map
                if (report.playhead_beats, report.tempo) == (state.playhead_beats, state.tempo):
                    state.tempo_map = report.tempo_map
                    return
