"""The messages that only change a client's session state: tempo, meter, key, position, project."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bridge.request.position import check_place
from bridge.request.session_state import SessionState
from bridge.takes.layout import check_project
from engine.errors import InvalidValue
from engine.music import Meter
from engine.music.tempo import check_bpm


def _tempo(state: SessionState, bpm: float) -> None:
    state.tell("tempo", tempo=check_bpm(bpm), tempo_map=None)


def _timesig(state: SessionState, numerator: int, denominator: int) -> None:
    state.tell("time_signature", meter=Meter(numerator, denominator), meter_map=None)


def _key(state: SessionState, text: str) -> None:
    state.tell_key(text)


def _position(state: SessionState, beat: float) -> None:
    state.position = check_place("position", beat)


def _playing(state: SessionState, playing: int) -> None:
    state.playing = _check_switch("playing", playing)


def _loop(state: SessionState, on: int, start: float, length: float) -> None:
    place = check_place("loop start", start), check_place("loop length", length)
    state.loop = place if _check_switch("loop", on) and length > 0 else None


def _selection(state: SessionState, track: str, scene: int) -> None:
    if scene < 0:
        raise InvalidValue("scene", scene, "1 or more, or 0 for none")
    state.selected_track, state.selected_scene = track[:200], scene


def _region(state: SessionState, name: str) -> None:
    state.enter_region(name[:200])


def _project(state: SessionState, folder: str, name: str = "") -> None:
    if not folder.strip():
        return  # not told
    try:
        state.project = check_project(folder, state.daw)
        state.project_name, state.project_fault = name, ""
    except InvalidValue as error:
        # The earlier folder belongs to another project: a take must not be written there.
        state.project, state.project_fault = None, str(error)
        raise


def _check_switch(name: str, value: int) -> bool:
    if value not in (0, 1):
        raise InvalidValue(name, value, "0 or 1")
    return bool(value)


SESSION_MESSAGES: Mapping[str, Callable[..., None]] = {
    "/tempo": _tempo,
    "/timesig": _timesig,
    "/key": _key,
    "/position": _position,
    "/playing": _playing,
    "/loop": _loop,
    "/selection": _selection,
    "/region": _region,
    "/project": _project,
}
"""Address without the prefix → function that sets the values in the state, or raises InvalidValue."""
