"""Bytes to events, as controllers and bad cables send them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.doors.midi.bindings import Matcher
from bridge.doors.midi.map_format import read_binding
from bridge.doors.midi.messages import MidiEvent, MidiKind, MidiReader

NOTE = MidiEvent(MidiKind.NOTE, 1, 60, 100)


def read(*data: int) -> list[MidiEvent]:
    return list(MidiReader().feed(data))


@pytest.mark.parametrize(
    ("data", "event"),
    [
        ((0x90, 60, 100), NOTE),
        ((0x9F, 60, 0), MidiEvent(MidiKind.NOTE_OFF, 16, 60)),
        ((0x80, 60, 64), MidiEvent(MidiKind.NOTE_OFF, 1, 60)),
        ((0xB2, 20, 99), MidiEvent(MidiKind.CC, 3, 20, 99)),
        ((0xC0, 5), MidiEvent(MidiKind.PROGRAM, 1, 5)),
        ((0xE0, 0, 64), MidiEvent(MidiKind.BEND, 1, 0, 0)),
        ((0xE0, 127, 127), MidiEvent(MidiKind.BEND, 1, 0, 8191)),
        ((0xE0, 0, 0), MidiEvent(MidiKind.BEND, 1, 0, -8192)),
        ((0xF2, 16, 1), MidiEvent(MidiKind.SONG_POSITION, 0, 144)),
        ((0xF8,), MidiEvent(MidiKind.CLOCK)),
        ((0xFA,), MidiEvent(MidiKind.START)),
        ((0xFB,), MidiEvent(MidiKind.CONTINUE)),
        ((0xFC,), MidiEvent(MidiKind.STOP)),
        ((0xF0, 0x7F, 0x7F, 6, 6, 0xF7), MidiEvent(MidiKind.MMC, 0, 6)),
    ],
)
def test_each_message_is_read(data: tuple[int, ...], event: MidiEvent) -> None:
    assert read(*data) == [event]


@pytest.mark.parametrize(
    "data",
    [
        (0xA0, 60, 1),  # aftertouch
        (0xD0, 1),
        (0xF1, 1),
        (0xF3, 1),
        (0xFE,),
        (0xF0, 1, 2, 0xF7),
        (0xF0, 0x7F, 0x7F, 6, 0x44, 0xF7),  # an MMC command that triggers nothing
        (0xF0, 0x7F, 0x7F, 6, 6),  # never ended
        (1, 2, 3),
    ],
)
def test_what_means_nothing_here_is_passed_over_and_what_follows_is_not(data: tuple[int, ...]) -> None:
    assert read(*data, 0x90, 60, 100) == [NOTE]


def test_running_status_repeats_channel_messages_alone() -> None:
    assert read(0x90, 60, 100, 60, 100, 60, 0) == [NOTE, NOTE, MidiEvent(MidiKind.NOTE_OFF, 1, 60)]
    assert read(0xF2, 0, 0, 1, 1) == [MidiEvent(MidiKind.SONG_POSITION)]


def test_real_time_bytes_inside_other_messages_disturb_nothing() -> None:
    assert read(0x90, 0xF8, 60, 0xF8, 100) == [MidiEvent(MidiKind.CLOCK), MidiEvent(MidiKind.CLOCK), NOTE]
    assert read(0xF0, 0x7F, 0xF8, 0x7F, 6, 6, 0xF7) == [MidiEvent(MidiKind.CLOCK), MidiEvent(MidiKind.MMC, 0, 6)]


def test_a_truncated_message_is_dropped_for_the_next_one() -> None:
    assert read(0x90, 60, 0x90, 60, 100) == [NOTE]


def test_a_flood_of_sysex_keeps_nothing_in_memory() -> None:
    reader = MidiReader()
    assert list(reader.feed([0xF0, *[1] * 1_000_000])) == []
    assert len(reader._data) < 100
    assert list(reader.feed([0xF7, 0x90, 60, 100])) == [NOTE]


@given(st.lists(st.integers(0, 255), max_size=200))
def test_any_bytes_leave_a_reader_that_still_reads(data: list[int]) -> None:
    reader = MidiReader()
    list(reader.feed(data))
    assert list(reader.feed([0x90, 60, 100])) == [NOTE]


@given(st.lists(st.integers(0, 255), max_size=100), st.integers(0, 100))
def test_it_does_not_matter_how_bytes_are_packed(data: list[int], cut: int) -> None:
    reader = MidiReader()
    assert [*reader.feed(data[:cut]), *reader.feed(data[cut:])] == read(*data)


def test_every_mapped_note_of_a_flood_triggers() -> None:
    binding = read_binding({"action": "generate", "note": 60, "debounce_ms": 0})
    matcher, reader = Matcher([binding]), MidiReader()
    began = time.monotonic()
    flood = [byte for number in range(100_000) for byte in (0x90, 50 + number % 20, 100)]
    triggered = [one for event in reader.feed(flood) for one in matcher.triggered(event, "pads", began)]
    assert len(triggered) == 5_000
