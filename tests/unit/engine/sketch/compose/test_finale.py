"""The finale: where it starts, what it plays, and that it changes nothing before it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.music import Key, Meter, MeterMap, TempoMap
from engine.music.chords import parse_chords
from engine.sketch.compose import STEMS, Wishes, compose
from engine.sketch.compose.finale import LEAST_S, Finale, place_finale, short_fade_start
from engine.sketch.composition import Composition
from engine.sketch.library import load_styles

ONE, FOUR = Fraction(1), Meter(4, 4)
E_MINOR = Key("E", "minor")


def piece(
    genres: str,
    bpm: float = 110.0,
    beats: int = 32,
    meter: Meter = FOUR,
    key: Key = E_MINOR,
    seed: int = 4,
    **wishes: object,
) -> Composition:
    wished = Wishes(ends=True, **wishes)  # type: ignore[arg-type]
    return compose(genres, key, meter, TempoMap.constant(bpm), Fraction(beats), STEMS, seed, wished)


@pytest.mark.parametrize(
    ("meter", "beats", "bpm", "feel", "start"),
    [
        ("4/4", Fraction(32), 120, ONE, 28),
        ("4/4", Fraction(32), 240, ONE, 24),  # a bar of one second is too short
        ("4/4", Fraction("23.6"), 118, ONE, 20),  # the last bar need not be whole
        ("4/4", Fraction("20.4"), 118, ONE, 16),
        ("7/8", Fraction(14), 120, ONE, Fraction("10.5")),
        ("4/4", Fraction(32), 160, Fraction(1, 2), 24),  # two bars in half time are one
    ],
)
def test_it_starts_with_the_last_bar_that_is_long_enough(
    meter: str, beats: Fraction, bpm: float, feel: Fraction, start: float
) -> None:
    assert place_finale(MeterMap.constant(Meter.parse(meter)), beats, TempoMap.constant(bpm), feel) == Finale(
        Fraction(start), beats
    )


def test_it_starts_on_a_bar_line_of_a_meter_map() -> None:
    meters = MeterMap.parse([{"bar": 0, "time_signature": "4/4"}, {"bar": 2, "time_signature": "3/4"}])
    assert place_finale(meters, Fraction(20), TempoMap.constant(120), ONE) == Finale(Fraction(17), Fraction(20))


@pytest.mark.parametrize(("meter", "beats", "bpm"), [("4/4", 4, 120), ("4/4", 5, 120), ("2/4", 4, 400)])
def test_a_piece_too_short_for_one_only_fades(meter: str, beats: int, bpm: float) -> None:
    assert place_finale(MeterMap.constant(Meter.parse(meter)), Fraction(beats), TempoMap.constant(bpm), ONE) is None
    assert short_fade_start(Meter.parse(meter), Fraction(beats)) == Fraction(beats) * 3 / 4


@pytest.mark.parametrize("genres", sorted(load_styles()))
def test_every_style_ends_on_its_home_chord(genres: str) -> None:
    style = load_styles()[genres]
    made = piece(genres, bpm=sum(style.tempo) / 2)
    start, last = made.chords[-1].start_beats, made.chords[-1]
    assert float(32 - start) * 60 / (sum(style.tempo) / 2) >= LEAST_S
    assert last.name.startswith("E")
    assert last.end_beats == 32
    for part in made.score.parts:
        ending = [note for note in part.notes if note.start_beats >= start]
        assert {note.start_beats for note in ending} <= {start}
        assert all(note.start_beats + note.length_beats < 32 for note in ending)
        assert all(note.start_beats + note.length_beats <= start for note in part.notes if note.start_beats < start)
        if part.stem in ("bass", "chords", "pad", "drums"):
            assert ending
        if part.stem == "bass":
            assert {note.pitch % 12 for note in ending} == {4}


def test_a_fill_leads_to_it_and_a_crash_marks_it() -> None:
    made = piece("rock", bpm=120)
    drums = next(part for part in made.score.parts if part.stem == "drums").notes
    assert {note.pitch for note in drums if note.start_beats == 28} >= {36, 49}
    fill, groove = ([n for n in drums if at <= n.start_beats < at + 2] for at in (26, 18))
    assert [(n.start_beats % 4, n.pitch) for n in fill] != [(n.start_beats % 4, n.pitch) for n in groove]


def test_the_users_chord_stands_at_its_place() -> None:
    made = piece("pop", chords=parse_chords("Em C G D"))
    assert [span.name for span in made.chords if span.start_beats == 28] == ["D"]


def test_a_stem_made_anew_leaves_the_others_alone() -> None:
    plain, other = piece("funk"), piece("funk", stem_seeds={"bass": 99})
    assert other.fade_start_beats == plain.fade_start_beats == Fraction(29)
    for one, two in zip(plain.score.parts, other.score.parts, strict=True):
        assert (one.notes == two.notes) == (one.stem != "bass")


def test_a_loop_has_none() -> None:
    loop = compose("funk", E_MINOR, FOUR, TempoMap.constant(110.0), Fraction(32), STEMS, 4)
    assert loop.fade_start_beats is None
    assert any(note.start_beats > 28 for part in loop.score.parts for note in part.notes)
