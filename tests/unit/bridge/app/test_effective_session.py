"""The effective tempo, meter, key and project: the latest change wins, unless the field is locked."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.app.effective_session import EffectiveSession, TapTempo
from bridge.app.events import DawChanged
from engine.errors import InvalidValue
from engine.origin import Origin


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def daw(tempo: float | None = 120.0, key: str = "", contact_s: float = 0.0) -> DawChanged:
    return DawChanged("REAPER", "7", tempo, "4/4", key, 0.0, False, "/song", "song", "", contact_s)


def test_the_latest_change_wins_by_the_daw_or_by_hand() -> None:
    session = EffectiveSession(Clock())
    session.update_from_daw(daw(120.0))
    session.override("tempo", 97.6)
    session.update_from_daw(daw(120.0))  # says nothing new
    assert session.tempo == 97.6
    assert session.remember() == {"tempo": {"value": 97.6, "locked": False}}
    session.update_from_daw(daw(121.0))
    assert session.tempo == 121.0
    assert session.remember() == {}


BARE = DawChanged("Other", "", None, "", "", 0.0, False, "", "", "", 0.0)
"""The report after a bare hello: a program that says nothing of its session."""


def test_a_daw_that_says_nothing_wipes_nothing_that_was_set_by_hand() -> None:
    session = EffectiveSession(Clock())
    for name, value in (("tempo", 97.6), ("meter", "7/8"), ("key", "E minor"), ("project", "/mine")):
        session.override(name, value)
    session.update_from_daw(BARE)
    assert (session.tempo, session.meter, session.key, session.project) == (97.6, "7/8", "E minor", "/mine")
    session.update_from_daw(daw(120.0))
    assert (session.tempo, session.key) == (120.0, "E minor"), "an empty key is not told"
    assert session.origins() == {"tempo": Origin.DAW, "time_signature": Origin.DAW, "key": Origin.USER}
    session.update_from_daw(BARE)
    assert (session.tempo, session.key) == (None, "E minor"), "what the DAW itself said goes with it"


@pytest.mark.parametrize("give_back", [lambda s: s.give_back("tempo"), lambda s: s.override("tempo", "")])
def test_a_value_is_given_back_to_the_daw_or_to_nobody(give_back: Callable[[EffectiveSession], None]) -> None:
    session = EffectiveSession(Clock())
    session.override("tempo", 97.6)
    give_back(session)
    assert (session.tempo, session.origin_of("tempo")) == (None, None)
    session.update_from_daw(daw(120.0))
    session.override("tempo", 97.6)
    give_back(session)
    assert (session.tempo, session.origin_of("tempo")) == (120.0, Origin.DAW)


def test_a_locked_value_stays_and_unlocking_takes_the_daws_last_report() -> None:
    session = EffectiveSession(Clock())
    session.update_from_daw(daw(key="E minor"))
    session.lock("key", True)
    session.update_from_daw(daw(key="A minor"))
    assert session.key == "E minor"
    session.lock("key", False)
    assert session.key == "A minor"


@pytest.mark.parametrize(("name", "value"), [("tempo", 19), ("tempo", "fast"), ("meter", "4/5"), ("key", "H minor")])
def test_nonsense_is_refused_and_changes_nothing(name: str, value: object) -> None:
    session = EffectiveSession(Clock())
    with pytest.raises(InvalidValue):
        session.override(name, value)
    assert (session.tempo, session.meter, session.key) == (None, "", "")


def test_what_was_set_by_hand_is_remembered_and_nonsense_in_the_memory_is_skipped() -> None:
    session, again = EffectiveSession(Clock()), EffectiveSession(Clock())
    session.override("tempo", 97.6)
    session.lock("tempo", True)
    again.recall({**session.remember(), "key": {"value": "X"}, "color": 3})
    assert (again.tempo, again.is_locked("tempo"), again.key) == (97.6, True, "")
    again.recall("broken")


def test_a_daw_that_was_silent_for_ten_minutes_is_gone() -> None:
    clock = Clock()
    session = EffectiveSession(clock)
    assert session.silence_s is None
    session.update_from_daw(daw(contact_s=0.0))
    clock.now = 30.0
    assert session.silence_s == 30.0
    clock.now = 601.0
    assert session.silence_s is None


def test_taps_make_a_tempo_and_a_pause_starts_a_new_count() -> None:
    clock = Clock()
    tap = TapTempo(clock)
    assert tap.tap() is None
    for _ in range(4):
        clock.now += 0.5
        bpm = tap.tap()
    assert bpm == 120.0
    clock.now += 10.0
    assert tap.tap() is None


def test_a_midi_clock_stands_in_for_a_daw_that_is_not_there() -> None:
    session = EffectiveSession(clock=lambda: 100.0)
    session.update_from_clock(121.0)
    assert session.tempo == 121.0
    session.override("tempo", 90.0)
    session.update_from_clock(121.0)  # nothing new
    assert session.tempo == 90.0
    session.lock("tempo", True)
    session.update_from_clock(130.0)
    assert session.tempo == 90.0
    session.lock("tempo", False)
    assert session.tempo == 130.0
    session.update_from_clock(None)
    assert session.tempo == 130.0


def test_a_daw_wins_over_a_midi_clock() -> None:
    session = EffectiveSession(clock=lambda: 100.0)
    session.update_from_daw(DawChanged("REAPER", "7", 97.6, "", "", 0.0, False, "", "", "", contact_s=99.0))
    session.update_from_clock(121.0)
    assert session.tempo == 97.6


def test_values_set_by_hand_are_kept_in_their_normal_form() -> None:
    session = EffectiveSession(Clock())
    for name, value in (("tempo", 97), ("meter", " 7/8 "), ("key", "em"), ("project", " /song ")):
        session.override(name, value)
    assert (session.tempo, session.meter, session.key, session.project) == (97.0, "7/8", "E minor", "/song")
    session.override("key", "")  # no key
    assert session.key == ""


def test_what_is_remembered_is_json_of_the_fields_set_by_hand_or_locked() -> None:
    session = EffectiveSession(Clock())
    session.update_from_daw(daw(key="E minor"))
    session.override("meter", "3/4")
    session.lock("key", True)
    assert session.remember() == {
        "meter": {"value": "3/4", "locked": False},
        "key": {"value": "E minor", "locked": True},
    }


def test_unlocking_without_a_daw_keeps_the_value() -> None:
    session = EffectiveSession(Clock())
    session.override("tempo", 90)
    session.lock("tempo", True)
    session.lock("tempo", False)
    assert session.tempo == 90.0
    assert session.remember() == {"tempo": {"value": 90.0, "locked": False}}


def test_a_field_that_the_daw_no_longer_reports_becomes_unknown() -> None:
    session = EffectiveSession(Clock())
    session.update_from_daw(daw(120.0, key="E minor"))
    session.update_from_daw(daw(None, key=""))
    assert (session.tempo, session.key) == (None, "")


@given(st.floats(20.0, 400.0))
def test_even_taps_are_their_tempo_to_a_tenth(bpm: float) -> None:
    clock = Clock()
    tap, found = TapTempo(clock), None
    for _ in range(12):
        clock.now += 60.0 / bpm * (1 - 1e-9)
        found = tap.tap()
    assert found == pytest.approx(bpm, abs=0.051)


def test_only_the_last_eight_taps_count_and_the_tempo_stays_in_its_range() -> None:
    clock = Clock()
    tap = TapTempo(clock)
    for gap_s in [0.5] * 4 + [1.0] * 7:
        clock.now += gap_s
        found = tap.tap()
    assert found == 60.0
    fast = TapTempo(clock)
    fast.tap()
    assert fast.tap() is None  # at the very same moment
    clock.now += 0.01
    assert fast.tap() == 400.0
