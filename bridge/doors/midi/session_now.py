"""What a trigger from a pad knows of the music: the DAW's word, the clock's, the player's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bridge.request.block import overlay
from bridge.request.session_state import SessionState
from engine.music import Key, Meter

SAME_TEMPO_BPM = 0.5
"""A clock this near to the DAW's tempo is the DAW's own: the number that was told is the exact one."""


def session_now(
    daw: SessionState,
    block: Mapping[str, object],
    tempo_bpm: float | None,
    key: Key | None,
    meter: Meter | None,
) -> SessionState:
    """Return the state that a trigger goes by.

    Parameters
    ----------
    daw : SessionState
        Of the DAW that is connected; its meter and key win.
    block : Mapping
        What knobs have set, over the DAW's own block.
    tempo_bpm : float, optional
        The MIDI clock's; it wins unless the DAW says about the same.
    key, meter : optional
        The key that was played and the meter of the user's file, for a DAW that has told none.
    """
    state = replace(daw, block=overlay(daw.block, block), meter=daw.meter or meter, key=daw.key or key)
    if tempo_bpm is not None and (daw.tempo is None or abs(daw.tempo - tempo_bpm) > SAME_TEMPO_BPM):
        state.set_tempo(tempo_bpm)
    return state
