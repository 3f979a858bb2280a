"""Key and chords found in the user's chords and notes."""

from fractions import Fraction
from pathlib import Path

import pytest

from engine.music.chords import parse_chords
from engine.score import Note
from engine.sketch.compose.analyse_input import chords_under, key_of_chords, key_of_notes
from engine.sketch.compose.events import TickHit
from tests.helpers.sketch_parts import BAR, C_MAJOR, bars
from tests.helpers.sketch_wishes import make, sounding, write_midi


@pytest.mark.parametrize(
    ("chords", "key"),
    [("Em C G D", "E minor"), ("C G Am F", "C major"), ("Dm Bb Gm A7", "D minor"), ("i VI iv v", None)],
)
def test_chords_set_the_key_if_the_request_has_none(chords: str, key: str | None) -> None:
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


@pytest.mark.parametrize(
    ("text", "key"),
    [("C F G C", "C major"), ("Am Dm Em Am", "A minor"), ("G D Em C", "G major"), ("F#m D A E", "F# minor"),
     ("I IV V", "C major"), ("i iv v", "A minor"), ("vi IV I V", "C major")],
)  # fmt: skip
def test_the_key_of_a_progression(text: str, key: str) -> None:
    assert str(key_of_chords(parse_chords(text))) == key


def arpeggio(pitches: list[int], start: int = 0, length: int = 960) -> list[TickHit]:
    return [TickHit(start + index * length, length, pitch, 6) for index, pitch in enumerate(pitches)]


def test_the_key_of_notes() -> None:
    assert str(key_of_notes(arpeggio([60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 60]))) == "C major"
    assert str(key_of_notes(arpeggio([57, 59, 60, 62, 64, 65, 68, 69, 64, 60, 57]))) == "A minor"


def test_every_measure_gets_the_triad_of_its_notes() -> None:
    hits = arpeggio([60, 64, 67, 72]) + arpeggio([65, 69, 72, 65], BAR) + arpeggio([67, 71, 74, 67], 3 * BAR)
    chords = chords_under(hits, C_MAJOR, bars(4), (1, 3, 5))
    assert [chord.name for chord in chords] == ["C", "F", "F", "G"], "a silent measure keeps the chord before it"
    assert [(chord.start, chord.end) for chord in chords] == [(bar * BAR, (bar + 1) * BAR) for bar in range(4)]


def test_silence_at_the_start_is_the_tonic() -> None:
    assert [chord.name for chord in chords_under([], C_MAJOR, bars(2), (1, 3, 5))] == ["C", "C"]


def test_a_note_counts_in_every_measure_that_it_sounds_in() -> None:
    held = [TickHit(0, 2 * BAR, 65, 6), TickHit(0, 2 * BAR, 69, 6)]
    assert [chord.name for chord in chords_under(held, C_MAJOR, bars(2), (1, 3, 5))] == ["F", "F"]


def test_a_diminished_triad_needs_more_than_an_equal_fit() -> None:
    # D and F are in both: B diminished is only taken where the B itself sounds.
    assert chords_under(arpeggio([62, 65, 62, 65]), C_MAJOR, bars(1), (1, 3, 5))[0].name == "Dm"
    assert chords_under(arpeggio([59, 62, 65, 59]), C_MAJOR, bars(1), (1, 3, 5))[0].name == "Bdim"


def test_a_brief_note_does_not_make_a_chord_diminished() -> None:
    # F and D for a bar, 200 ticks of B: Bdim has all three, Dm but two of them, yet its handicap is 15 % of a bar.
    brief = [TickHit(0, BAR, 53, 6), TickHit(0, BAR, 62, 6), TickHit(BAR - 200, 200, 71, 6)]
    assert chords_under(brief, C_MAJOR, bars(1), (1, 3, 5))[0].name == "Dm"
    longer = [*brief[:2], TickHit(BAR - 400, 400, 71, 6)]
    assert chords_under(longer, C_MAJOR, bars(1), (1, 3, 5))[0].name == "Bdim"
