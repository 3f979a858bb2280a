"""The session that a pad's trigger uses: the DAW's, completed by the MIDI clock, the notes played and the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bridge.request.block import overlay
from bridge.request.session_state import SessionState
from engine.music import Key, Meter
from engine.origin import Origin

SAME_TEMPO_BPM = 0.5
"""A clock this near to the DAW's tempo is the DAW's own, whose tempo is exact."""


def session_now(
    daw: SessionState,
    block: Mapping[str, object],
    tempo_bpm: float | None,
    key: Key | None,
    meter: Meter | None,
) -> SessionState:
    """Return the state that a trigger uses.

    Parameters
    ----------
    daw : SessionState
        Of the connected DAW; its meter and key take precedence.
    block : Mapping
        Values set by knobs, which override the DAW's own block.
    tempo_bpm : float, optional
        The MIDI clock's; it takes precedence unless the DAW's is about the same.
    key, meter : optional
        The key that was played and the meter of the user's map, for a DAW that has sent none.
    """
    origin = dict(daw.session_origin)
    origin |= {} if daw.meter else {"time_signature": Origin.USER}
    origin |= {} if daw.key else {"key": Origin.USER}
    state = replace(
        daw,
        block=overlay(daw.block, block),
        block_origin={name: source for name, source in daw.block_origin.items() if name not in block},
        meter=daw.meter or meter,
        key=daw.key or key,
        session_origin=origin,
    )
    if tempo_bpm is not None and (daw.tempo is None or abs(daw.tempo - tempo_bpm) > SAME_TEMPO_BPM):
        state.set_tempo(tempo_bpm)
        state.session_origin["tempo"] = Origin.DAW
    return state
