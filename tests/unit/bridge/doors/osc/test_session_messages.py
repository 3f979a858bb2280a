"""Messages that change a client's session: what they set, what they refuse, and what a refusal leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.doors.osc.session_messages import SESSION_MESSAGES
from bridge.doors.osc.table import INCOMING, PREFIX
from bridge.request.session_state import SessionState
from engine.errors import InvalidValue, StemBridgeError
from engine.music import Key, Meter, TempoMap


def send(state: SessionState, address: str, *values: object) -> SessionState:
    SESSION_MESSAGES[address](state, *values)
    return state


def test_every_message_is_in_the_table_of_addresses() -> None:
    assert {PREFIX + address for address in SESSION_MESSAGES} <= set(INCOMING)


@pytest.mark.parametrize(
    ("address", "values", "name", "value"),
    [
        ("/tempo", (97.6,), "tempo", 97.6),
        ("/timesig", (7, 8), "meter", Meter(7, 8)),
        ("/key", ("Em",), "key", Key("E", "minor")),
        ("/key", (" ",), "key", None),
        ("/position", (12.5,), "position", 12.5),
        ("/playing", (1,), "playing", True),
        ("/loop", (1, 8.0, 4.0), "loop", (8.0, 4.0)),
        ("/loop", (0, 8.0, 4.0), "loop", None),
        ("/loop", (1, 8.0, 0.0), "loop", None),
        ("/region", ("Chorus, key: F# minor",), "key", Key("F#", "minor")),
        ("/region", ("Chorus",), "region", "Chorus"),
    ],
)
def test_a_message_sets_its_value(address: str, values: tuple[object, ...], name: str, value: object) -> None:
    assert getattr(send(SessionState(), address, *values), name) == value


def test_a_plain_tempo_replaces_an_earlier_tempo_map() -> None:
    state = SessionState(tempo=120.0, tempo_map=TempoMap.constant(120.0))
    send(state, "/tempo", 97.6)
    assert (state.tempo, state.tempo_map) == (97.6, None)


def test_a_selection_is_kept_with_a_name_that_is_cut_off() -> None:
    state = send(SessionState(), "/selection", "x" * 300, 3)
    assert (state.selected_track, state.selected_scene) == ("x" * 200, 3)
    assert send(state, "/selection", "", 0).selected_scene == 0


@pytest.mark.parametrize(
    ("address", "values", "sentence"),
    [
        ("/tempo", (19.9,), "tempo must be"),
        ("/tempo", (float("nan"),), "tempo must be"),
        ("/timesig", (7, 6), "must be"),
        ("/key", ("H major",), "key must be"),
        ("/position", (-0.1,), "position must be"),
        ("/playing", (2,), "playing must be 0 or 1, not 2"),
        ("/loop", (2, 0.0, 4.0), "loop must be 0 or 1"),
        ("/loop", (1, -1.0, 4.0), "loop start must be"),
        ("/loop", (1, 0.0, float("inf")), "loop length must be"),
        ("/selection", ("Bass", -1), "scene must be 1 or more, or 0 for none, not -1"),
    ],
)
def test_a_value_out_of_range_is_refused_and_nothing_is_set(
    address: str, values: tuple[object, ...], sentence: str
) -> None:
    state = SessionState()
    with pytest.raises(StemBridgeError) as raised:
        send(state, address, *values)
    assert sentence in str(raised.value)
    assert state == SessionState()


def test_a_project_is_kept_with_its_name(tmp_path: Path) -> None:
    state = send(SessionState(project_fault="Gone."), "/project", str(tmp_path), "song")
    assert (state.project, state.project_name, state.project_fault) == (tmp_path, "song", "")
    assert send(state, "/project", str(tmp_path)).project_name == ""


def test_a_project_that_cannot_be_used_stops_takes_from_going_to_the_one_before(tmp_path: Path) -> None:
    state = send(SessionState(), "/project", str(tmp_path))
    with pytest.raises(InvalidValue, match="a folder that exists"):
        send(state, "/project", str(tmp_path / "gone"))
    assert state.project is None
    assert "a folder that exists" in state.project_fault
