"""The notes in a MIDI file."""

from fractions import Fraction

import mido
from hypothesis import given
from hypothesis import strategies as st

from engine.midinotes import DRUM_CHANNEL, first_program, notes_by_channel
from engine.score import Note


def midi(*tracks: list[mido.Message], ticks_per_beat: int = 480) -> mido.MidiFile:
    file = mido.MidiFile(ticks_per_beat=ticks_per_beat)
    for messages in tracks:
        file.tracks.append(mido.MidiTrack(messages))
    return file


def on(note: int, time: int = 0, velocity: int = 100, channel: int = 0) -> mido.Message:
    return mido.Message("note_on", note=note, velocity=velocity, time=time, channel=channel)


def off(note: int, time: int = 0, channel: int = 0) -> mido.Message:
    return mido.Message("note_off", note=note, time=time, channel=channel)


def test_times_are_quarter_notes_exactly() -> None:
    found = notes_by_channel(midi([on(60, 160), off(60, 320)]))
    assert found == {0: [Note(Fraction(1, 3), Fraction(2, 3), 60, 100)]}


def test_channels_are_kept_apart_and_tracks_put_together() -> None:
    drums = [on(36, channel=DRUM_CHANNEL), off(36, 96, DRUM_CHANNEL)]
    file = midi(drums, [on(60, 480), off(60, 480)], ticks_per_beat=96)
    found = notes_by_channel(file)
    assert set(found) == {0, 9}
    assert found[9] == [Note(Fraction(0), Fraction(1), 36, 100)]
    assert found[0] == [Note(Fraction(5), Fraction(5), 60, 100)]


def test_a_note_on_of_velocity_0_ends_a_note() -> None:
    found = notes_by_channel(midi([on(60), on(60, 480, velocity=0), on(62, 0), off(62, 240)]))
    assert [(note.pitch, note.length_beats) for note in found[0]] == [(60, 1), (62, Fraction(1, 2))]


def test_the_same_key_again_ends_the_note_before() -> None:
    found = notes_by_channel(midi([on(60, 0, 80), on(60, 480, 90), off(60, 240)]))
    assert found[0] == [
        Note(Fraction(0), Fraction(1), 60, 80),
        Note(Fraction(1), Fraction(1, 2), 60, 90),
    ]


def test_a_note_that_is_never_ended_lasts_to_the_end_of_its_track() -> None:
    endless = [on(60), mido.MetaMessage("end_of_track", time=1_920)]
    found = notes_by_channel(midi(endless, [on(62, 9_600), off(62, 1)]))
    assert found[0][0] == Note(Fraction(0), Fraction(4), 60, 100)


def test_no_note_has_no_length() -> None:
    found = notes_by_channel(midi([on(60), off(60)]))
    assert found[0] == [Note(Fraction(0), Fraction(1, 480), 60, 100)]


def test_other_messages_and_stray_ends_count_only_their_time() -> None:
    control = mido.Message("control_change", control=64, value=127, time=480)
    tempo = mido.MetaMessage("set_tempo", tempo=400_000, time=480)
    found = notes_by_channel(midi([off(61), control, tempo, on(60), off(60, 480)]))
    assert found == {0: [Note(Fraction(2), Fraction(1), 60, 100)]}
    assert notes_by_channel(midi()) == {}


@given(st.lists(st.tuples(st.integers(0, 127), st.integers(0, 960), st.integers(1, 960)), max_size=20))
def test_notes_one_after_another_come_back(rows: list[tuple[int, int, int]]) -> None:
    messages = [message for pitch, gap, length in rows for message in (on(pitch, gap), off(pitch, length))]
    found = notes_by_channel(midi(messages)).get(0, [])
    assert [(note.pitch, note.length_beats * 480) for note in found] == [(pitch, length) for pitch, _, length in rows]
    ends = [note.start_beats + note.length_beats for note in found]
    assert all(end <= note.start_beats for end, note in zip(ends, found[1:], strict=False))


def test_the_instrument_is_that_of_the_first_program_change() -> None:
    change = [mido.Message("program_change", program=program, channel=2) for program in (33, 81)]
    assert first_program(midi([on(60)], change)) == 33
    assert first_program(midi([on(60), off(60, 480)])) is None
