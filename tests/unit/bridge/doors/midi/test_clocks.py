"""The clocks of several ports: which of them is used, and how its tempo is rounded."""

from __future__ import annotations

import pytest

from bridge.doors.midi.clock import ClockState
from bridge.doors.midi.clocks import HOLD_S, Clocks
from bridge.doors.midi.messages import MidiEvent, MidiKind
from tests.helpers.midi_events import ticks


def test_a_whole_tempo_is_meant_while_the_ticks_cannot_resolve_it() -> None:
    def tempo_after(bpm: float, seconds: float, seed: int) -> float:
        clocks = Clocks()
        clocks.take(MidiEvent(MidiKind.START), "a", 0)
        for time in ticks((bpm, seconds), jitter_s=0.002, seed=seed):
            clocks.take(MidiEvent(MidiKind.CLOCK), "a", time)
        tempo = clocks.tempo_bpm(seconds)
        assert tempo is not None
        return tempo

    assert sum(tempo_after(120, 2, seed) == 120 for seed in range(40)) >= 36
    assert all(tempo_after(119.96, 8, seed) != 120 for seed in range(10))
    assert all(abs(tempo_after(97.6, 4, seed) - 97.6) < 0.06 for seed in range(10))


def test_the_clock_that_started_last_counts_until_it_is_gone() -> None:
    clocks = Clocks()
    for port, bpm, begin in (("a", 120, 0), ("b", 90, 0.001)):
        clocks.take(MidiEvent(MidiKind.START), port, begin)
        for time in ticks((bpm, 4)):
            clocks.take(MidiEvent(MidiKind.CLOCK), port, begin + time)
    assert clocks.tempo_bpm(4) == 90
    for time in ticks((100, 4)):
        clocks.take(MidiEvent(MidiKind.CLOCK), "a", 6 + time)
    assert clocks.tempo_bpm(10) == 100
    assert clocks.tempo_bpm(100) is None


def test_notes_are_no_clock() -> None:
    clocks = Clocks()
    clocks.take(MidiEvent(MidiKind.NOTE, 1, 60, 100), "a", 0)
    assert clocks.state(0) is ClockState.SILENT


def follow(clocks: Clocks, port: str, times: list[float]) -> None:
    clocks.take(MidiEvent(MidiKind.START), port, times[0])
    for time in times:
        clocks.take(MidiEvent(MidiKind.CLOCK), port, time)


def test_position_and_transport_are_those_of_the_clock_in_use() -> None:
    clocks = Clocks()
    assert (clocks.beat(0.0), clocks.tempo_bpm(0.0)) == (None, None)
    times = ticks((120, 2))  # 96 ticks, the first of them is beat 0
    follow(clocks, "a", times)
    assert clocks.beat(times[-1]) == pytest.approx(95 / 24)
    clocks.take(MidiEvent(MidiKind.STOP), "a", times[-1])
    assert clocks.beat(times[-1]) is None, "a stopped song has no position"
    clocks.take(MidiEvent(MidiKind.SONG_POSITION, 0, 32), "a", times[-1])
    clocks.take(MidiEvent(MidiKind.CONTINUE), "a", times[-1])
    assert clocks.beat(times[-1]) == 8.0


def test_a_clock_that_starts_later_takes_over_and_one_that_only_ticks_does_not() -> None:
    clocks = Clocks()
    follow(clocks, "a", ticks((120, 2)))
    for time in ticks((90, 2)):
        clocks.take(MidiEvent(MidiKind.CLOCK), "b", time)
    assert clocks.tempo_bpm(2.0) == 120
    clocks.take(MidiEvent(MidiKind.START), "b", 2.0)
    assert clocks.tempo_bpm(2.0) == 90


def test_a_silent_clock_holds_its_tempo_for_a_minute() -> None:
    clocks = Clocks()
    times = ticks((120, 2))
    follow(clocks, "a", times)
    assert clocks.state(times[-1]) is ClockState.FOLLOWING
    assert clocks.state(times[-1] + 1.0) is ClockState.HOLDING
    assert clocks.tempo_bpm(times[-1] + HOLD_S - 0.1) == 120
    assert clocks.tempo_bpm(times[-1] + HOLD_S + 0.1) is None
    assert clocks.beat(times[-1] + HOLD_S + 0.1) is None
