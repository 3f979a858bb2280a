"""Form: sections, half and double time."""

from fractions import Fraction

import pytest

from engine.music import Key, Meter, TempoMap
from engine.sketch.compose import STEMS, Wishes, compose
from engine.sketch.compose.arc import KINDS
from engine.sketch.compose.form import Section, feel_of, make_plan
from engine.sketch.composition import Composition
from engine.sketch.library import load_styles
from tests.helpers.sketch_ears import notes, play
from tests.helpers.sketch_parts import bars, section

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


@pytest.mark.parametrize(
    ("tempo", "bpm", "feel"),
    [
        ((80, 120), 60, "2"),
        ((80, 120), 79, "1"),
        ((80, 120), 200, "1/2"),
        ((80, 120), 130, "1"),
        ((60, 120), 240, "1/2"),
    ],
)
def test_the_feel_brings_the_tempo_nearest_to_the_styles_range(tempo: tuple[int, int], bpm: float, feel: str) -> None:
    assert feel_of(tempo, bpm) == Fraction(feel)


def test_every_fourth_measure_has_a_small_fill_and_the_last_of_a_section_a_big_one() -> None:
    fills = [section(8).fill_at(position) for position in range(8)]
    assert fills == ["", "", "", "small", "", "", "", "big"]


@pytest.mark.parametrize(("then", "last"), [(None, "small"), ("verse", "small"), ("chorus", "big")])
def test_a_short_section_ends_with_a_big_fill_only_before_a_denser_one(then: str | None, last: str) -> None:
    assert [section(3, "verse", then).fill_at(position) for position in range(3)] == ["", "", last]


def test_a_long_section_has_a_big_fill_at_its_usual_length_and_at_its_end() -> None:
    assert [section(10).fill_at(position) for position in range(7, 10)] == ["big", "", "big"]


def test_a_measure_that_the_piece_does_not_finish_has_no_fill() -> None:
    cut = Section(0, "loop", KINDS["loop"], 0, bars(4), 3, 8)
    assert [cut.fill_at(position) for position in range(4)] == ["", "", "small", ""]


def test_a_plan_cuts_measures_into_sections_of_the_style() -> None:
    style = load_styles()["rock"]
    plan = make_plan(style, Meter(4, 4), Fraction(4 * style.section_bars * 2), 120.0)
    assert [(part.name, part.repeat, len(part.measures)) for part in plan.sections] == [
        ("A", 0, style.section_bars),
        ("A", 1, style.section_bars),
    ]
    assert (plan.sections[0].next_kind, plan.sections[1].next_kind) == (KINDS["A"], None)
    assert plan.end == 4 * style.section_bars * 2 * 960
    assert plan.sections[1].letter == "A"
    assert plan.sections[1].end == plan.end


def test_the_end_is_rounded_up_and_the_last_measure_counts_as_incomplete() -> None:
    plan = make_plan(load_styles()["rock"], Meter(4, 4), Fraction(16, 3), 120.0)
    assert plan.end == 5120
    assert plan.sections[0].complete_measures == 1
    assert make_plan(load_styles()["rock"], Meter(4, 4), Fraction(1, 7), 120.0).end == 138


def test_long_tagged_sections_are_split_and_keep_their_kind() -> None:
    style = load_styles()["rock"]
    plan = make_plan(style, Meter(4, 4), Fraction(4 * 24), 120.0, ["verse", "chorus"])
    assert [part.name for part in plan.sections] == ["verse"] * 2 + ["chorus"] * 2
    assert sum(len(part.measures) for part in plan.sections) == 24


def test_energy_moves_the_intensity_within_its_bounds() -> None:
    style = load_styles()["rock"]
    for energy, intensities in ((0, (1, 5)), (1, (2, 5)), (-1, (1, 4))):
        plan = make_plan(style, Meter(4, 4), Fraction(32), 120.0, ["intro", "chorus"], energy)
        assert (plan.sections[0].kind.intensity, plan.sections[1].kind.intensity) == intensities


def test_fast_pieces_are_played_in_eighths() -> None:
    style = load_styles()["rock"]
    assert make_plan(style, Meter(4, 4), Fraction(8), 166.0, feel=Fraction(1)).step == 1
    assert make_plan(style, Meter(4, 4), Fraction(8), 168.0, feel=Fraction(1)).step == 480
