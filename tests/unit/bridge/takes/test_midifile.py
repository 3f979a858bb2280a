from fractions import Fraction
from pathlib import Path

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.takes.midifile import TICKS_PER_BEAT, tempo_events, write_midi
from engine.music import Key, Meter, MeterMap, MeterPoint, TempoMap, TempoPoint
from engine.score import Note

F = Fraction
NOTES = (Note(F(0), F(1, 2), 60, 100), Note(F(1, 3), F(1, 3), 64, 80), Note(F(7, 2), F(1), 67, 1))


def write(path: Path, notes: tuple[Note, ...] = NOTES, **fields: object) -> mido.MidiFile:
    values: dict[str, object] = {
        "tempo_map": TempoMap.constant(120.0),
        "meter": Meter(4, 4),
        "length_beats": F(4),
        "name": "lead",
    }
    file = path / "a.mid"
    write_midi(file, notes, **(values | fields))  # type: ignore[arg-type]
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


@pytest.mark.parametrize(("is_drums", "channel"), [(True, 9), (False, 0)])
def test_drums_are_on_the_tenth_channel(tmp_path: Path, is_drums: bool, channel: int) -> None:
    midi = write(tmp_path, is_drums=is_drums)
    assert {message.channel for _, message in events(midi, "note")} == {channel}


@pytest.mark.parametrize(("meter", "clocks"), [("4/4", 24), ("7/8", 12), ("3/1", 96), ("32/32", 3), ("5/16", 6)])
def test_every_meter_is_written(tmp_path: Path, meter: str, clocks: int) -> None:
    (_, message) = meta(write(tmp_path, meter=Meter.parse(meter)), "time_signature")[0]
    assert f"{message.numerator}/{message.denominator}" == meter
    assert message.clocks_per_click == clocks


@pytest.mark.parametrize(
    ("key", "written"),
    [("E minor", "Em"), ("Bb", "Bb"), ("F# minor", "F#m"), ("Cb", "Cb"), ("G# major", None), ("D dorian", None)],
)
def test_key_signatures_where_midi_has_them(tmp_path: Path, key: str, written: str | None) -> None:
    found = [message.key for _, message in meta(write(tmp_path, key=Key.parse(key)), "key_signature")]
    assert found == ([written] if written else [])


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


def seconds_at(midi_events: list[tuple[int, int]], tick: int) -> float:
    total = 0.0
    for (start, tempo), (stop, _) in zip(midi_events, [*midi_events[1:], (tick, 0)], strict=True):
        total += max(0, min(stop, tick) - start) * tempo / 960 / 1e6
    return total


def test_a_ramp_is_never_more_than_a_millisecond_off() -> None:
    tempo_map = TempoMap([TempoPoint(0.0, 60.0, True), TempoPoint(16.0, 180.0)])
    found = list(tempo_events(tempo_map, 32 * 960))
    assert len(found) == 129
    for tick in range(0, 32 * 960, 60):
        exact = tempo_map.seconds(F(tick, 960))
        # Inside a step the tempo is held: at most 1 ms. At its ends only the rounding to microseconds is left, which
        # adds up where the tempo stays, a third of a microsecond per beat at 180.
        limit = 1e-3 if tick % 120 else 2e-7 if tick <= 16 * 960 else 6e-6
        assert seconds_at(found, tick) == pytest.approx(exact, abs=limit)


def test_a_ramp_that_the_take_cuts_off_ends_with_it() -> None:
    tempo_map = TempoMap([TempoPoint(0.0, 60.0, True), TempoPoint(16.0, 180.0)])
    found = list(tempo_events(tempo_map, 1000))
    assert [tick for tick, _ in found] == list(range(0, 1000, 120))
    assert seconds_at(found, 1000) == pytest.approx(tempo_map.seconds(F(1000, 960)), abs=1e-6)


def test_points_within_one_tick_leave_the_later_one() -> None:
    tempo_map = TempoMap([TempoPoint(0.0, 60.0), TempoPoint(0.0001, 90.0), TempoPoint(0.0002, 120.0)])
    assert list(tempo_events(tempo_map, 960)) == [(0, 500000)]


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


def test_meter_changes_are_time_signatures_at_their_bar_lines(tmp_path: Path) -> None:
    changes = [(0, "4/4"), (1, "3/4"), (3, "7/8"), (9, "2/2")]
    meters = MeterMap([MeterPoint(bar, Meter.parse(meter)) for bar, meter in changes])
    midi = write(tmp_path, meter_map=meters, length_beats=F(27, 2))
    found = [(tick, f"{m.numerator}/{m.denominator}", m.clocks_per_click) for tick, m in meta(midi, "time_signature")]
    assert found == [(0, "4/4", 24), (4 * 960, "3/4", 24), (10 * 960, "7/8", 12)]  # the last one is after the end
