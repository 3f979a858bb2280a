"""A MIDI file as one part of the piece."""

from collections.abc import Sequence
from pathlib import Path

import mido
import pytest

from engine.errors import InvalidValue
from engine.music import Key, Meter, TempoMap
from engine.sketch.compose import STEMS, compose, read_wishes
from engine.sketch.composition import Composition

E_MINOR = Key("E", "minor")

FOUR_FOUR = Meter(4, 4)


def make(
    block: dict[str, object], key: Key | None = E_MINOR, bars: int = 8, genres: str = "pop", meter: Meter = FOUR_FOUR
) -> Composition:
    wishes = read_wishes(block)
    return compose(genres, key, meter, TempoMap.constant(100), bars * meter.bar_beats, STEMS, 7, wishes)


def write_midi(path: Path, notes: Sequence[tuple[float, float, int]], channel: int = 0) -> Path:
    """Write `notes` (start and length in beats, pitch) with an odd division."""
    events = [(start, 1, pitch) for start, _, pitch in notes] + [
        (start + held, 0, pitch) for start, held, pitch in notes
    ]
    track, now = mido.MidiTrack(), 0
    for at, is_on, pitch in sorted(events):
        tick = round(at * 96)
        kind = "note_on" if is_on else "note_off"
        track.append(mido.Message(kind, channel=channel, note=pitch, velocity=80 * is_on, time=tick - now))
        now = tick
    file = mido.MidiFile(ticks_per_beat=96)
    file.tracks.append(track)
    file.save(path)
    return path


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
