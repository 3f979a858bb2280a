"""Tempo, meter and key of a project's saved Live set, for requests that no DAW has said them for."""

from __future__ import annotations

from dataclasses import replace

from bridge.request.live_set import newest_set
from bridge.request.session_state import SessionState
from engine.errors import InvalidValue


def with_saved_set(state: SessionState, start_beat: float) -> tuple[SessionState, list[str]]:
    """Return the state with what the project's Live set says from `start_beat` on, and what the user should know.

    A DAW that has said who it is, or any of tempo, meter and key, always wins: the state then comes back as it is. So
    does that of a project without a set, or with one that cannot be read; the notice says why.
    """
    told = (state.tempo, state.tempo_map, state.meter, state.key)
    if state.project is None or state.daw or any(value is not None for value in told):
        return state, []
    try:
        saved = newest_set(state.project)
        if saved is None:
            return state, []
        tempo_map = saved.tempo_map(start_beat)
    except InvalidValue as error:
        return state, [str(error)]
    music = replace(state, meter=saved.meter(start_beat), key=saved.key)
    if tempo_map.is_constant:
        music.set_tempo(tempo_map.points[0].bpm)
    else:
        music.tempo_map = tempo_map
    return music, [f"Tempo, meter and key are those of {saved.path.name} as it was last saved."]
