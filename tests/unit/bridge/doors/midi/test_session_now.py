"""The session of a pad's trigger: the DAW first, then the clock, the notes played and the user's map."""

from __future__ import annotations

import pytest

from bridge.doors.midi.session_now import session_now
from bridge.request.session_state import SessionState
from engine.music import Key, Meter

E_MINOR, A_MINOR = Key("E", "minor"), Key("A", "minor")


def test_what_the_daw_has_sent_takes_precedence() -> None:
    daw = SessionState(daw="REAPER", meter=Meter(7, 8), key=E_MINOR, block={"genres": "funk", "cfg": 3.0})
    state = session_now(daw, {"cfg": 9.0}, None, A_MINOR, Meter(3, 4))
    assert (state.meter, state.key) == (Meter(7, 8), E_MINOR)
    assert state.block == {"genres": "funk", "cfg": 9.0}, "knobs override the block"
    assert daw.block == {"genres": "funk", "cfg": 3.0}, "the DAW's own state is left as it is"


def test_what_the_daw_has_not_sent_is_completed() -> None:
    state = session_now(SessionState(), {}, 120.0, A_MINOR, Meter(3, 4))
    assert (state.meter, state.key, state.tempo) == (Meter(3, 4), A_MINOR, 120.0)


@pytest.mark.parametrize(
    ("clock_bpm", "tempo"), [(97.9, 97.6), (98.1, 97.6), (98.2, 98.2), (97.0, 97.0), (None, 97.6)]
)
def test_a_clock_within_half_a_beat_a_minute_is_the_daws_own(clock_bpm: float | None, tempo: float) -> None:
    state = session_now(SessionState(tempo=97.6), {}, clock_bpm, None, None)
    assert state.tempo == tempo
