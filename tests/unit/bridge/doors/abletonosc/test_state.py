"""AbletonOSC's words as the companion's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bridge.doors.abletonosc.state import ANSWER, LISTENED, SongState
from bridge.doors.osc.table import PREFIX, match


def messages_of(state: SongState, **values: object) -> list[tuple[str, tuple[object, ...]]]:
    return [message for name, value in values.items() for message in state.take(ANSWER + name, [value])]


def test_values_that_belong_together_are_passed_on_together() -> None:
    state = SongState(scale_is_key=True)
    assert messages_of(state, tempo=97.6) == [("/tempo", (97.6,))]
    assert messages_of(state, signature_numerator=7) == []
    assert messages_of(state, signature_denominator=8) == [("/timesig", (7.0, 8.0))]
    assert messages_of(state, root_note=2, scale_name="Dorian") == [("/key", ("D dorian",))]
    assert messages_of(state, scale_name="Whole Tone") == [("/key", ("",))]
    assert messages_of(state, is_playing=True) == [("/playing", (1,))]
    assert messages_of(state, current_song_time=-0.5) == [("/position", (0.0,))]
    assert messages_of(state, loop=True, loop_start=8.0, loop_length=4.0) == [("/loop", (1.0, 8.0, 4.0))]
    assert messages_of(state, loop=False) == [("/loop", (0.0, 8.0, 4.0))]


def test_the_scale_is_no_key_unless_the_user_says_so() -> None:
    assert messages_of(SongState(), root_note=2, scale_name="Dorian") == []


@given(
    messages=st.lists(
        st.tuples(
            st.sampled_from([*LISTENED, "metronome"]),
            st.lists(
                st.one_of(st.integers(-5, 500), st.floats(0, 1e5), st.booleans(), st.text(), st.none()), max_size=2
            ),
        )
    )
)
def test_whatever_is_said_the_companion_gets_messages_of_its_table(
    messages: list[tuple[str, list[object]]],
) -> None:
    state = SongState(scale_is_key=True)
    for name, values in messages:
        for address, arguments in state.take(ANSWER + name, values):
            if all(isinstance(one, str) or float(one).is_integer() for one in arguments):
                assert match(PREFIX + address, arguments)
