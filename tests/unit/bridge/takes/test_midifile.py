from fractions import Fraction
from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.takes.midi_timing import TICKS_PER_BEAT, MidiGrid
from bridge.takes.midifile import InstrumentPart, midi_parts, write_midi, write_song
from engine.contract import Stem
from engine.music import Meter, MeterMap, MeterPoint, TempoMap, TempoPoint
from engine.score import Note

F = Fraction
NOTES = (Note(F(0), F(1, 2), 60, 100), Note(F(1, 3), F(1, 3), 64, 80), Note(F(7, 2), F(1), 67, 1))


def write(path: Path, notes: tuple[Note, ...] = NOTES, **fields: object) -> mido.MidiFile:
    part: dict[str, object] = {"name": "lead", "channel": 0, "program": 80}
    grid: dict[str, object] = {
        "tempo_map": TempoMap.constant(120.0),
        "meters": [(F(0), Meter(4, 4))],
        "length_beats": F(4),
    }
    own = {name: fields.pop(name) for name in tuple(fields) if name in part}
    file = path / "a.mid"
    write_midi(file, InstrumentPart(notes=notes, **part | own), MidiGrid(**grid | fields))  # type: ignore[arg-type]
    return mido.MidiFile(file, charset="utf-8")


def events(midi: mido.MidiFile, kind: str = "") -> list[tuple[int, mido.Message]]:
    tick, found = 0, []
    for message in midi.tracks[0]:
        tick += message.time
        if message.type.startswith(kind):
            found.append((tick, message))
    return found


def meta(midi: mido.MidiFile, kind: str) -> list[tuple[int, mido.Message]]:
    return [event for event in events(midi) if event[1].type == kind]


def test_notes_come_back_at_their_ticks(tmp_path: Path) -> None:
    midi = write(tmp_path)
    assert (midi.type, midi.ticks_per_beat, len(midi.tracks)) == (0, 960, 1)
    assert [(tick, m.type, m.note, m.velocity) for tick, m in events(midi, "note")] == [
        (0, "note_on", 60, 100),
        (320, "note_on", 64, 80),
        (480, "note_off", 60, 0),
        (640, "note_off", 64, 0),
        (3360, "note_on", 67, 1),
        (3840, "note_off", 67, 0),
    ]


def test_the_file_ends_with_the_take(tmp_path: Path) -> None:
    midi = write(tmp_path, length_beats=F(7, 2) * 3)
    assert events(midi)[-1][0] == round(10.5 * 960)
    assert midi.length == pytest.approx(10.5 * 0.5)
    assert write(tmp_path, notes=()).length == pytest.approx(2.0)


def test_notes_beyond_the_end_are_left_out(tmp_path: Path) -> None:
    midi = write(tmp_path, notes=(Note(F(4), F(1), 60, 90), Note(F(9), F(1), 60, 90)))
    assert events(midi, "note") == []


def test_a_part_says_its_instrument_before_its_first_note(tmp_path: Path) -> None:
    midi = write(tmp_path, channel=9, program=25)
    assert {message.channel for _, message in events(midi, "note")} == {9}
    assert [(tick, m.channel, m.program) for tick, m in events(midi, "program_change")] == [(0, 9, 25)]
    kinds = [message.type for _, message in events(midi)]
    assert kinds.index("program_change") < kinds.index("note_on")


def test_the_name_keeps_its_characters(tmp_path: Path) -> None:
    assert write(tmp_path, name="Flöte ♯").tracks[0].name == "Flöte ♯"


def test_a_note_ends_where_its_pitch_begins_again(tmp_path: Path) -> None:
    notes = (Note(F(0), F(3), 60, 90), Note(F(1), F(1, 2), 60, 70), Note(F(1), F(1), 60, 80))
    found = [(tick, m.type, m.velocity) for tick, m in events(write(tmp_path, notes=notes), "note")]
    assert found == [(0, "note_on", 90), (960, "note_off", 0), (960, "note_on", 80), (1920, "note_off", 0)]


def test_steps_of_a_tempo_map_are_single_events(tmp_path: Path) -> None:
    tempo_map = TempoMap([TempoPoint(0.0, 97.6), TempoPoint(2.0, 140.0), TempoPoint(9.0, 60.0)])
    found = [(tick, message.tempo) for tick, message in meta(write(tmp_path, tempo_map=tempo_map), "set_tempo")]
    assert found == [(0, 614754), (1920, 428571)]


times = st.fractions(min_value=0, max_value=9, max_denominator=1000)
any_notes = st.lists(
    st.builds(
        Note,
        times,
        st.fractions(min_value=F(1, 1000), max_value=5, max_denominator=1000),
        st.integers(0, 127),
        st.integers(1, 127),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(any_notes, st.fractions(min_value=F(1, 4), max_value=8, max_denominator=64))
def test_any_notes_make_a_sound_file(
    tmp_path_factory: pytest.TempPathFactory, notes: list[Note], length: Fraction
) -> None:
    midi = write(tmp_path_factory.mktemp("midi"), notes=tuple(notes), length_beats=length)
    end = round(length * TICKS_PER_BEAT)
    assert events(midi)[-1][0] == end
    sounding: dict[int, int] = {}
    for tick, message in events(midi, "note"):
        assert 0 <= tick <= end
        if message.type == "note_on":
            assert message.note not in sounding
            sounding[message.note] = tick
        else:
            assert sounding.pop(message.note) < tick
    assert not sounding
    starts = {(note.pitch, tick) for note in notes if (tick := round(note.start_beats * 960)) < end}
    assert {(m.note, tick) for tick, m in events(midi, "note_on")} == starts


SILENCE = np.zeros((1, 2), np.float32)


def stem(name: str, program: int | None = None, *, is_drums: bool = False) -> Stem:
    return Stem(name, SILENCE, NOTES, is_drums, program)


def heard(*stems: Stem) -> list[tuple[str, int, int]]:
    return [(part.name, part.channel, part.program) for part in midi_parts(stems) if part is not None]


def test_drums_have_channel_ten_and_every_other_part_one_of_its_own() -> None:
    stems = [
        stem("drums", 25, is_drums=True),
        stem("bass", 33),
        stem("percussion", 0, is_drums=True),
        stem("lead", 81),
    ]
    assert heard(*stems) == [("drums", 9, 25), ("bass", 0, 33), ("percussion", 9, 25), ("lead", 1, 81)]


def test_a_part_whose_instrument_nobody_knows_gets_the_usual_one() -> None:
    stems = [stem("drums", is_drums=True), stem("bass"), stem("whistle")]
    assert heard(*stems) == [("drums", 9, 0), ("bass", 0, 33), ("whistle", 1, 0)]


def test_no_melodic_part_is_ever_on_the_drums_channel() -> None:
    channels = [channel for _, channel, _ in heard(*(stem(f"s{number}", 0) for number in range(16)))]
    assert channels == [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 0]


def test_stems_without_notes_have_no_part() -> None:
    assert midi_parts([Stem("vocals", SILENCE), stem("bass", 33)])[0] is None
    assert heard(Stem("vocals", SILENCE), stem("bass", 33)) == [("bass", 0, 33)]


def test_a_song_has_a_track_for_the_grid_and_one_for_each_part(tmp_path: Path) -> None:
    meters = [(F(0), Meter(4, 4)), (F(4), Meter(7, 8)), (F(99), Meter(3, 4))]
    tempo_map = TempoMap([TempoPoint(0.0, 97.6), TempoPoint(4.0, 140.0)])
    parts = [InstrumentPart("drums", NOTES, 9, 25), InstrumentPart("Flöte", NOTES[:2], 0, 73)]
    write_song(tmp_path / "song.mid", "dusty lofi", parts, MidiGrid(tempo_map, meters, F(15, 2)))
    song = mido.MidiFile(tmp_path / "song.mid", charset="utf-8")
    assert (song.type, song.ticks_per_beat) == (1, 960)
    assert [track.name for track in song.tracks] == ["dusty lofi", "drums", "Flöte"]
    assert [sum(message.time for message in track) for track in song.tracks] == [7200] * 3
    assert song.length == pytest.approx(tempo_map.seconds(F(15, 2)), abs=1e-5)
    kinds = [{message.type for message in track} for track in song.tracks]
    assert kinds[0] == {"track_name", "time_signature", "set_tempo", "end_of_track"}
    assert kinds[1] == kinds[2] == {"track_name", "program_change", "note_on", "note_off", "end_of_track"}
    assert [m.program for track in song.tracks for m in track if m.type == "program_change"] == [25, 73]
    signatures = [m for m in song.tracks[0] if m.type == "time_signature"]
    assert [(m.numerator, m.denominator, m.clocks_per_click) for m in signatures] == [(4, 4, 24), (7, 8, 12)]


def test_meter_changes_are_time_signatures_at_their_bar_lines(tmp_path: Path) -> None:
    changes = [(0, "4/4"), (1, "3/4"), (3, "7/8"), (9, "2/2")]
    meters = MeterMap([MeterPoint(bar, Meter.parse(meter)) for bar, meter in changes])
    grid = MidiGrid(TempoMap.constant(120), meters.changes, F(27, 2))
    write_song(tmp_path / "song.mid", "changes", [], grid)
    tick, found = 0, []
    for message in mido.MidiFile(tmp_path / "song.mid").tracks[0]:
        tick += message.time
        if message.type == "time_signature":
            found.append((tick, f"{message.numerator}/{message.denominator}", message.clocks_per_click))
    assert found == [(0, "4/4", 24), (4 * 960, "3/4", 24), (10 * 960, "7/8", 12)]  # the last one is after the end
