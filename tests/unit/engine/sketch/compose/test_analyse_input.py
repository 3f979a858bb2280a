"""Key and chords found in the user's chords and notes."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import mido
import pytest

from engine.music import Key, Meter, TempoMap
from engine.score import Note
from engine.sketch.compose import STEMS, compose, read_wishes
from engine.sketch.composition import Composition

E_MINOR = Key("E", "minor")

FOUR_FOUR = Meter(4, 4)


def make(
    block: dict[str, object], key: Key | None = E_MINOR, bars: int = 8, genres: str = "pop", meter: Meter = FOUR_FOUR
) -> Composition:
    wishes = read_wishes(block)
    return compose(genres, key, meter, TempoMap.constant(100), bars * meter.bar_beats, STEMS, 7, wishes)


def sounding(made: Composition, stem: str, start: float, end: float) -> set[int]:
    part = next(part for part in made.score.parts if part.stem == stem)
    return {note.pitch % 12 for note in part.notes if start <= note.start_beats < end}


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


@pytest.mark.parametrize(
    ("chords", "key"),
    [("Em C G D", "E minor"), ("C G Am F", "C major"), ("Dm Bb Gm A7", "D minor"), ("i VI iv v", None)],
)
def test_chords_tell_the_key_where_nobody_else_does(chords: str, key: str | None) -> None:
    found = make({"chords": chords}, None).score.key
    assert str(found) == key if key else found.mode == "minor"


def test_a_given_bass_is_played_as_it_is_and_the_others_follow(tmp_path: Path) -> None:
    roots = ((33, 36), (38, 41), (40, 43), (33, 36))
    line = [
        (4 * bar + at, 0.75, tone)
        for bar, (a, b) in enumerate(roots)
        for at, tone in ((0, a), (1, a), (2.5, b), (3, a))
    ]
    file = write_midi(tmp_path / "bass.mid", line)
    made = make({"midi_part": {"stem": "bass", "file": str(file)}}, None)
    assert str(made.score.key) == "A minor"
    assert [span.name for span in made.chords][:4] == ["Am", "Dm", "Em", "Am"]
    bass = next(part for part in made.score.parts if part.stem == "bass").notes
    assert bass[:3] == (
        Note(Fraction(0), Fraction(3, 4), 33, 80),
        Note(Fraction(1), Fraction(3, 4), 33, 80),
        Note(Fraction(5, 2), Fraction(3, 4), 36, 80),
    )
    assert bass[16].start_beats == 16, "four bars are repeated"
    assert sounding(made, "chords", 4, 8) == {2, 5, 9}
