"""Tempo, meter and key of a project's saved Live set: the fallback for requests without a DAW."""

from __future__ import annotations

from dataclasses import replace

from bridge.request.live_set import SavedSet, newest_set
from bridge.request.session_state import SessionState
from engine.errors import InvalidValue
from engine.origin import Origin


def with_saved_set(state: SessionState, start_beat: float) -> tuple[SessionState, list[str]]:
    """Return the state with tempo, meter and key of the project's Live set from `start_beat` on, and notices.

    The state is returned unchanged if a DAW is connected, if tempo, meter or key are set, or if the project has no
    set. If its set cannot be read, it is unchanged too, and the notice gives the reason.
    """
    given = (state.tempo, state.tempo_map, state.meter, state.key)
    if state.project is None or state.daw or any(value is not None for value in given):
        return state, []
    try:
        saved = newest_set(state.project)
        if saved is None:
            return state, []
        tempo_map = saved.tempo_map(start_beat)
    except InvalidValue as error:
        return state, [str(error)]
    origin = dict.fromkeys(("tempo", "time_signature", "key"), Origin.SAVED_SET)
    music = replace(state, key=saved.key, session_origin=origin)
    notice = _take_meters(music, saved, start_beat)
    if tempo_map.is_constant:
        music.set_tempo(tempo_map.points[0].bpm)
    else:
        music.tempo_map = tempo_map
    return music, [f"Tempo, meter and key are those of {saved.path.name} as it was last saved.", *notice]


def _take_meters(state: SessionState, saved: SavedSet, start_beat: float) -> list[str]:
    """Set the set's meters from `start_beat` on; return a notice if only the first of them can be kept."""
    try:
        state.meter, state.meter_map = saved.meter(start_beat), None
        meters = saved.meter_map(start_beat)
    except InvalidValue as error:
        return [f"Only the first meter of {saved.path.name} is kept: {error}"]
    state.meter_map = None if meters.is_constant else meters
    return []
