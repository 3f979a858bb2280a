"""What DAWs have told of their timeline beside the tempo: kept for a wish that is made for just that place.

The window shows a tempo and a position. The map of tempo changes that begins there and the project's sample rate are
too much for it to carry along: a wish says which DAW, position and tempo it is for, and gets them back here.
"""

from __future__ import annotations

from collections import deque

from bridge.request.session_state import SessionState

KEPT = 32
"""A DAW tells of its playhead once a second or so; what the user looks at is not older than this many words."""


class Grids:
    """The newest words of DAWs. `hear` and `complete` belong to the companion's thread."""

    def __init__(self) -> None:
        self._heard: deque[SessionState] = deque(maxlen=KEPT)

    def hear(self, state: SessionState) -> None:
        """Remember what a DAW says of its timeline now."""
        rate = {name: value for name, value in state.block.items() if name == "sample_rate"}
        self._heard.append(
            SessionState(state.daw, tempo=state.tempo, tempo_map=state.tempo_map, position=state.position, block=rate)
        )

    def complete(self, state: SessionState) -> None:
        """Add to the state of a wish what its DAW has told of the same position at the same tempo."""
        for heard in reversed(self._heard):
            if heard.daw == state.daw:
                state.block = heard.block | state.block
                if (heard.playhead_beats, heard.tempo) == (state.playhead_beats, state.tempo):
                    state.tempo_map = heard.tempo_map
                    return
