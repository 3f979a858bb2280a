"""A MIDI file as one part of the piece."""

from fractions import Fraction
from pathlib import Path

import mido
import pytest

from engine.errors import InvalidValue
from engine.music import Meter, MeterMap, MeterPoint
from engine.score import Note
from engine.sketch.compose import read_wishes
from engine.sketch.midi_part import MAX_BYTES, MidiPart, read_midi_part
from tests.helpers.sketch_wishes import make, write_midi


def test_given_drums_are_played_and_a_longer_file_is_cut(tmp_path: Path) -> None:
    beat = [(step / 2, 0.1, 36 if step % 2 == 0 else 42) for step in range(200)]
    file = write_midi(tmp_path / "drums.mid", beat, channel=9)
    made = make({"midi_part": {"stem": "drums", "file": str(file)}})
    drums = made.score.parts[0]
    assert drums.is_drums
    assert len(drums.notes) == 64
    assert all(note.start_beats + note.length_beats <= 32 for note in drums.notes)


def test_midi_files_that_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.mid").write_text("no MIDI", encoding="utf-8")
    (tmp_path / "cut.mid").write_bytes(write_midi(tmp_path / "a.mid", [(0, 1, 60)]).read_bytes()[:25])
    write_midi(tmp_path / "empty.mid", [])
    for name in ("text.mid", "cut.mid", "empty.mid", "missing.mid", ""):
        with pytest.raises(InvalidValue, match="midi_part file must be"):
            read_wishes({"midi_part": {"stem": "bass", "file": str(tmp_path / name)}})


@pytest.mark.parametrize(
    "value", [{"stem": "vocals", "file": "a.mid"}, {"stem": "bass"}, {"stem": "bass", "file": ""}, "bass.mid", [1]]
)
def test_a_midi_part_of_another_form_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue, match="midi_part must be"):
        read_wishes({"midi_part": value})


def part(*notes: tuple[float, float, int]) -> MidiPart:
    return MidiPart("bass", tuple(Note(Fraction(start), Fraction(held), pitch, 80) for start, held, pitch in notes))


def test_a_part_is_repeated_in_whole_bars() -> None:
    # It ends in its second bar, so it repeats every eight beats.
    repeated = part((0, 1, 40), (5, 1, 43)).repeated_to(Fraction(20), MeterMap.constant(Meter(4, 4)))
    assert [(note.start_beats, note.pitch) for note in repeated] == [(0, 40), (5, 43), (8, 40), (13, 43), (16, 40)]


def test_a_part_is_cut_at_the_end_of_the_piece() -> None:
    cut = part((0, 4, 40), (2, 4, 43), (4, 1, 45)).repeated_to(Fraction(3), MeterMap.constant(Meter(4, 4)))
    assert [(note.start_beats, note.length_beats) for note in cut] == [(0, 3), (2, 1)]


def test_a_part_shorter_than_a_bar_repeats_every_bar() -> None:
    assert [n.start_beats for n in part((0, 1, 40)).repeated_to(Fraction(9), MeterMap.constant(Meter(3, 4)))] == [
        0,
        3,
        6,
    ]


def read(path: Path, stem: str = "bass") -> list[tuple[float, float, int]]:
    made = read_midi_part({"stem": stem, "file": str(path)})
    assert made.stem == stem
    return [(float(note.start_beats), float(note.length_beats), note.pitch) for note in made.notes]


def test_notes_of_a_file_are_read_in_order_without_overlaps(tmp_path: Path) -> None:
    path = write_midi(tmp_path / "a.mid", [(2, 1, 40), (0, 1, 43), (0, 2, 40)])
    assert read(path) == [(0, 2, 40), (0, 1, 43), (2, 1, 40)]


def test_drums_come_from_channel_ten_and_all_else_from_the_others(tmp_path: Path) -> None:
    path = write_midi(tmp_path / "a.mid", [(0, 1, 40)])
    mixed = mido.MidiFile(path)
    mixed.tracks.append(mido.MidiFile(write_midi(tmp_path / "b.mid", [(1, 1, 36)], channel=9)).tracks[0])
    mixed.save(tmp_path / "both.mid")
    assert read(tmp_path / "both.mid") == [(0, 1, 40)]
    assert read(tmp_path / "both.mid", "drums") == [(1, 1, 36)]
    assert read(path, "drums") == [(0, 1, 40)], "a file with one kind of channel alone is taken as it is"


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.mid"
    path.write_bytes(b"MThd".ljust(MAX_BYTES + 1, b"\0"))
    with pytest.raises(InvalidValue, match="midi_part file must be a MIDI file of up to 4,000,000 bytes"):
        read(path)


def test_a_file_that_counts_in_frames_is_refused(tmp_path: Path) -> None:
    data = bytearray(write_midi(tmp_path / "a.mid", [(0, 1, 40)]).read_bytes())
    data[12:14] = b"\xe7\x28"  # 25 frames a second
    (tmp_path / "smpte.mid").write_bytes(bytes(data))
    with pytest.raises(InvalidValue, match="midi_part file must be"):
        read(tmp_path / "smpte.mid")


def test_a_part_comes_again_at_the_bar_lines_of_the_pieces_meters() -> None:
    meters = MeterMap([MeterPoint(0, Meter(4, 4)), MeterPoint(2, Meter(3, 4))])
    again = part((0, 5, 40)).repeated_to(Fraction(20), meters)
    assert [note.start_beats for note in again] == [0, 8, 14]
