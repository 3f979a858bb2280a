"""Form: sections from the lyrics' tags, the arc of long pieces, half and double time, odd lengths."""

from fractions import Fraction

import pytest

from engine.music import Key, Meter, TempoMap, TempoPoint
from engine.sketch.compose import STEMS, Wishes, compose
from engine.sketch.compose.arc import KINDS, NAMES, read_tags, share_measures
from engine.sketch.compose.form import feel_of
from engine.sketch.composition import Composition
from engine.sketch.library import load_styles
from tests.helpers.sketch_ears import CRASH, notes, play

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


def test_tags_are_read_as_people_write_them() -> None:
    kinds, unknown = read_tags(SONG + "[Pre-Chorus]\n[HOOK]\n[Verse: softly]\n[Whistle Tone]\nno [ tag ] [")
    assert kinds[:9] == ["intro", "verse", "chorus", "verse", "chorus", "bridge", "solo", "drop", "outro"]
    assert kinds[9:] == ["prechorus", "chorus", "verse"]
    assert unknown == ["Whistle Tone", " tag "]
    assert set(NAMES.values()) <= set(KINDS)


def test_tags_make_the_sections() -> None:
    made = song("pop")
    order = list(dict.fromkeys(made.sections))
    assert order == ["intro", "verse", "chorus", "bridge", "solo", "drop", "outro"]
    assert made.notices == ()


def test_unknown_tags_and_too_many_are_told() -> None:
    made = song("pop", "[Verse]\n[Kazoo Break Down]\n[Chorus]\n[Outro]", bars=2)
    assert made.sections == ("verse", "chorus")
    assert made.notices == (
        "The sketch engine does not know the section [Kazoo Break Down]; it left it out.",
        "The piece has fewer bars than the lyrics have sections: the last 1 were left out.",
    )


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


def test_long_pieces_without_tags_have_an_arc() -> None:
    made = play("rock", bars=64)
    assert made.sections[0] == "intro"
    assert made.sections[-2:] == ("chorus", "outro")
    assert len(set(made.sections)) >= 5
    assert play("rock", bars=8).sections == ("loop",)


@pytest.mark.parametrize("measures", [1, 2, 3, 7, 16, 31, 64])
@pytest.mark.parametrize("kinds", [["verse"], ["intro", "verse", "chorus", "outro"], ["chorus", "drop"] * 20])
def test_measures_are_shared_out_without_loss(kinds: list[str], measures: int) -> None:
    sizes = share_measures(kinds, measures)
    assert sum(sizes) == measures
    assert all(size > 0 for size in sizes[: min(len(kinds), measures)])


@pytest.mark.parametrize(
    ("genres", "bpm", "feel"),
    [("hip hop", 170, "1/2"), ("drum and bass", 87, "2"), ("trap", 70, "2"), ("trap", 140, "1"), ("techno", 130, "1"),
     ("punk", 90, "2"), ("jazz", 60, "2"), ("ambient", 180, "1/2"), ("funk", 240, "1/2"), ("funk", 105, "1")],
)  # fmt: skip
def test_the_feel_is_halved_or_doubled_where_that_suits_the_style(genres: str, bpm: float, feel: str) -> None:
    assert play(genres, bpm=bpm).feel == Fraction(feel)


def test_half_time_puts_the_backbeat_on_three() -> None:
    made = play("soul", bpm=190, bars=8)
    assert made.feel == Fraction(1, 2)
    snares = [note.start_beats for note in notes(made, "drums") if note.pitch == 38 and note.velocity > 90]
    assert sum(at % 4 == 2 for at in snares) > sum(at % 4 in (1, 3) for at in snares)


def test_words_settle_the_feel() -> None:
    assert play("half-time funk", bpm=105).feel == Fraction(1, 2)
    assert play("double time jazz", bpm=120).feel == 2
    assert feel_of((80, 120), 100) == 1


@pytest.mark.parametrize("bars", [Fraction(1, 2), Fraction(1), Fraction(7, 3), Fraction(13)])
@pytest.mark.parametrize("genres", ["latin", "blues", "trance"])
def test_odd_lengths_are_filled_to_the_end(genres: str, bars: Fraction) -> None:
    made = play(genres, bars=bars, stems=STEMS)
    assert all(part.notes for part in made.score.parts)
    assert all(n.start_beats + n.length_beats <= 4 * bars for part in made.score.parts for n in part.notes)


def test_2000_bars_are_no_trouble() -> None:
    made = play("house", bars=2000, stems=("drums", "bass"))
    assert notes(made, "bass")[-1].start_beats > 7990


def test_tempo_maps_do_not_move_notes_on_the_beat_grid() -> None:
    ramp = TempoMap([TempoPoint(0.0, 90.0, True), TempoPoint(32.0, 120.0)])
    moving = compose("funk", Key("E", "minor"), Meter(4, 4), ramp, Fraction(32), STEMS, 1)
    steady = play("funk", bpm=32 * 60 / ramp.seconds(32), stems=STEMS)
    assert [part.notes for part in moving.score.parts] == [part.notes for part in steady.score.parts]


def test_blues_has_twelve_bars() -> None:
    made = play("blues", Key("A", "mixolydian"), bars=24)
    names = [span.name.rstrip("7")[:1] for span in made.chords if span.start_beats % 4 == 0]
    assert names[:12] in ([*"AAAADDAAEDAA"], [*"ADAADDAAEDAE"], [*"AAAADDAAEDAE"], [*"ADAADDAAEDAA"])
    assert made.sections == ("A", "A")
