"""The pitched parts of a section, and the choice of takes."""

from fractions import Fraction

import pytest

from engine.music import Key, Meter, TempoMap
from engine.sketch.compose import STEMS, Wishes, compose
from engine.sketch.composition import Composition
from engine.sketch.library import load_styles
from tests.helpers.sketch_ears import CRASH, notes

SONG = "[Intro]\n[Verse 1]\nla la\n[Chorus]\nla\n[Verse 2]\n[Chorus x2]\n[Bridge]\n[Guitar Solo]\n[Drop]\n[Outro]\n"


def song(
    genres: str, lyrics: str = SONG, bars: int = 48, stems: tuple[str, ...] = STEMS, seed: int = 1
) -> Composition:
    tempo = TempoMap.constant(sum(load_styles()[genres].tempo) / 2)
    return compose(
        genres, Key("A", "minor"), Meter(4, 4), tempo, Fraction(4 * bars), stems, seed, Wishes(lyrics=lyrics)
    )


def notes_a_bar(made: Composition, wanted: str) -> float:
    """Mean number of notes in a bar of the sections called `wanted`; sections start with a crash."""
    starts = sorted({n.start_beats for n in notes(made, "drums") if n.pitch == CRASH and n.start_beats % 4 == 0})
    ends = [*starts[1:], made.score.length_beats]
    spans = [(a, b) for a, b, name in zip(starts, ends, made.sections, strict=True) if name == wanted]
    count = sum(a <= n.start_beats < b for part in made.score.parts for n in part.notes for a, b in spans)
    return float(count / sum((b - a) / 4 for a, b in spans))


@pytest.mark.parametrize("genres", load_styles())
def test_the_chorus_is_denser_than_the_verse_and_higher(genres: str) -> None:
    made = song(genres)
    assert notes_a_bar(made, "chorus") >= 1.25 * notes_a_bar(made, "verse")
    assert notes_a_bar(made, "intro") < notes_a_bar(made, "chorus")


def test_intros_have_no_melody_and_solos_more_of_it_and_higher() -> None:
    verses: list[int] = []
    solos: list[int] = []
    for seed in range(6):
        made = song("rock", "[Intro]\n[Verse]\n[Solo]", bars=20, stems=("drums", "lead"), seed=seed)
        lead = notes(made, "lead")
        assert min(note.start_beats for note in lead) >= 16
        verses += [note.pitch for note in lead if note.start_beats < 48]
        solos += [note.pitch for note in lead if note.start_beats >= 48]
    assert len(solos) > 1.2 * len(verses)
    assert sum(solos) / len(solos) > sum(verses) / len(verses)


def test_sections_of_one_name_play_the_same_music() -> None:
    made = song("funk", "[Verse]\n[Chorus]\n[Verse]\n[Chorus]", bars=32, stems=("bass",))
    bass = {(note.start_beats, note.pitch) for note in notes(made, "bass")}
    first, third = ({(at - 32 * k, p) for at, p in bass if 32 * k <= at < 32 * k + 8} for k in (0, 2))
    assert first == {(at - 32, p) for at, p in third} or len(first & third) >= 0.8 * len(first)
