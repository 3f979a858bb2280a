"""Form: sections, half and double time."""

from fractions import Fraction

import pytest

from engine.music import Key, Meter, TempoMap
from engine.sketch.compose import STEMS, Wishes, compose
from engine.sketch.compose.form import feel_of
from engine.sketch.composition import Composition
from engine.sketch.library import load_styles
from tests.helpers.sketch_ears import notes, play

SONG = "[Intro]\n[Verse 1]\nla la\n[Chorus]\nla\n[Verse 2]\n[Chorus x2]\n[Bridge]\n[Guitar Solo]\n[Drop]\n[Outro]\n"


def song(
    genres: str, lyrics: str = SONG, bars: int = 48, stems: tuple[str, ...] = STEMS, seed: int = 1
) -> Composition:
    tempo = TempoMap.constant(sum(load_styles()[genres].tempo) / 2)
    return compose(
        genres, Key("A", "minor"), Meter(4, 4), tempo, Fraction(4 * bars), stems, seed, Wishes(lyrics=lyrics)
    )


def test_tags_make_the_sections() -> None:
    made = song("pop")
    order = list(dict.fromkeys(made.sections))
    assert order == ["intro", "verse", "chorus", "bridge", "solo", "drop", "outro"]
    assert made.notices == ()


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
