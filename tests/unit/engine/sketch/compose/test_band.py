"""The pitched parts of a section, and the choice of takes."""

from collections.abc import Mapping
from fractions import Fraction

import pytest

from engine.music import Key, Meter, TempoMap
from engine.sketch.compose import STEMS, Wishes, compose
from engine.sketch.compose.band import Band, TakeSelector, _never_silent, apply_intensity, play_pitched
from engine.sketch.compose.events import TickHit
from engine.sketch.compose.form import Section, make_plan
from engine.sketch.composition import Composition
from engine.sketch.instruments import PITCHED
from engine.sketch.library import load_styles
from tests.helpers.sketch_ears import CRASH, notes
from tests.helpers.sketch_parts import BAR, C_MAJOR, section, straight_style, triads

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


HITS = [TickHit(0, 240, 60, 3), TickHit(240, 240, 60, 5), TickHit(480, 240, 60, 7), TickHit(960, 240, 60, 9)]


@pytest.mark.parametrize(
    ("stem", "kind", "levels"),
    [
        ("chords", "loop", [3, 5, 7, 9]),
        ("chords", "chorus", [4, 6, 8, 9]),  # louder, up to the top of the ladder
        ("chords", "verse", [3, 7, 9]),  # off the beat only above 5
        ("chords", "breakdown", [3, 7, 9]),  # above 6
        ("bass", "verse", [3, 5, 7, 9]),  # above 4
        ("bass", "breakdown", [3, 9]),  # on the beat alone
        ("lead", "verse", [3, 5, 7, 9]),
        ("pad", "breakdown", [3, 5, 7, 9]),
    ],
)
def test_a_section_thins_a_part_out_or_makes_it_louder(stem: str, kind: str, levels: list[int]) -> None:
    assert [hit.level for hit in apply_intensity(HITS, stem, section(1, kind))] == levels


def test_a_resting_part_is_silent_unless_the_piece_is_that_section_alone() -> None:
    assert apply_intensity(HITS, "lead", section(1, "intro", "verse")) == []
    assert apply_intensity(HITS, "lead", section(1, "intro")) == HITS


def rock_plan(count: int, *tags: str) -> tuple[Band, TakeSelector]:
    style = straight_style("lead")
    plan = make_plan(style, Meter(4, 4), Fraction(4 * count), 120.0, tags)
    given = triads([1, 4] * count)
    return Band(style, C_MAJOR, plan, given), TakeSelector(style, C_MAJOR, plan, given, [])


def test_given_chords_are_those_of_every_section() -> None:
    band, _ = rock_plan(4)
    parts, chords = band.play(section(4), (1, 0), {})
    assert [chord.name for chord in chords] == ["C", "F", "C", "F"]
    assert set(parts) == set(PITCHED)
    assert [parts["bass"][0].pitch % 12, parts["bass"][0].start] == [0, 0]


def test_a_part_of_its_own_seed_changes_alone() -> None:
    plain, _ = rock_plan(4)[0].play(section(4), (1, 0), {})
    changed, _ = rock_plan(4)[0].play(section(4), (1, 0), {"bass": (2, 0)})
    assert [stem for stem in plain if plain[stem] != changed[stem]] == ["bass"]


def test_the_critic_chooses_one_of_the_takes_of_the_seed_and_always_the_same() -> None:
    _, selector = rock_plan(2)
    main, own = selector.choose(section(2), 7, {"lead": 8, "drums": 9})
    assert main[0] == 7
    assert 0 <= main[1] < 16
    assert {stem: seed for stem, (seed, _) in own.items()} == {"lead": 8}, "drums are not pitched"
    assert selector.choose(section(2), 7, {"lead": 8, "drums": 9}) == (main, own)


def test_every_section_is_announced_and_equal_kinds_share_their_take() -> None:
    style = straight_style("lead")
    plan = make_plan(style, Meter(4, 4), Fraction(32), 120.0, ["verse", "chorus", "verse", "chorus"])
    ticks: list[int] = []
    chosen: list[str] = []

    class Counting(TakeSelector):
        def choose(
            self, section: Section, seed: int, seeds: Mapping[str, int]
        ) -> tuple[tuple[int, int], dict[str, tuple[int, int]]]:
            chosen.append(section.name)
            return (seed, 0), {}

    given = triads([1] * 8)
    hits, chords = play_pitched(
        Band(style, C_MAJOR, plan, given),
        plan,
        1,
        {},
        Counting(style, C_MAJOR, plan, given, []),
        lambda: ticks.append(1),
    )
    assert len(ticks) == 4
    assert chosen == ["verse", "chorus"]
    assert [chord.start for chord in chords] == [BAR * bar for bar in range(8)]
    assert all(hits[stem] for stem in PITCHED)


def test_a_part_that_rests_everywhere_plays_the_first_section_or_else_the_root() -> None:
    plan = make_plan(straight_style("lead"), Meter(4, 4), Fraction(8), 120.0)
    first = [TickHit(0, 480, 64, 6)]
    late = [TickHit(plan.end, 480, 64, 6)]
    assert _never_silent(HITS, first, triads([4]), plan) == HITS
    assert _never_silent([], first, triads([4]), plan) == first
    assert _never_silent(late, late, triads([4]), plan) == [TickHit(0, 2 * BAR, 65, 6)]
