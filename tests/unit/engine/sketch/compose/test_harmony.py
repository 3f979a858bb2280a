"""Chords: progressions of a style, and the user's own."""

from fractions import Fraction

import pytest

from engine.music import Key, Meter, TempoMap
from engine.sketch.compose import STEMS, compose, read_wishes
from engine.sketch.composition import Composition
from tests.helpers.sketch_ears import play

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


def test_given_chords_are_played_bar_by_bar_and_repeat() -> None:
    made = make({"chords": "Em C G D"})
    assert [span.name for span in made.chords] == ["Em", "C", "G", "D"] * 2
    assert [span.start_beats for span in made.chords] == [4 * bar for bar in range(8)]
    for bar, tones in enumerate([{4, 7, 11}, {0, 4, 7}, {7, 11, 2}, {2, 6, 9}] * 2):
        assert sounding(made, "chords", 4 * bar, 4 * bar + 4) == tones
        assert min(sounding(made, "pad", 4 * bar, 4 * bar + 4)) in tones


def test_two_chords_share_a_bar_and_slash_chords_give_the_bass_its_note() -> None:
    made = make({"chords": "Am7 | D7 G/B | Cmaj7 | %"}, Key("G", "major"))
    assert [(span.start_beats, span.name) for span in made.chords[:4]] == [
        (0, "Am7"),
        (4, "D7"),
        (6, "G/B"),
        (8, "Cmaj7"),
    ]
    assert sounding(made, "chords", 4, 6) <= {2, 6, 9, 0}
    bass = next(part for part in made.score.parts if part.stem == "bass")
    downbeat = [note.pitch % 12 for note in bass.notes if note.start_beats == 6]
    assert downbeat in ([], [11])
    assert 11 in sounding(made, "bass", 6, 8)


def test_numerals_go_by_the_key_and_foreign_tones_displace_their_neighbours() -> None:
    made = make({"chords": "i | V7"}, Key("A", "minor"))
    assert [span.name for span in made.chords[:2]] == ["Am", "E7"]
    assert 8 in made.chords[1].scale
    assert 7 not in made.chords[1].scale
    assert 7 in made.chords[0].scale
    for stem in ("bass", "chords", "lead", "arp", "pad"):
        assert 7 not in sounding(made, stem, 4, 8), stem


@pytest.mark.parametrize("meter", ["3/4", "7/8", "6/8", "7/4"])
def test_given_chords_fit_every_meter(meter: str) -> None:
    m = Meter.parse(meter)
    made = make({"chords": "Em | C G | D"}, meter=m)
    assert [span.name for span in made.chords[:4]] == ["Em", "C", "G", "D"]
    assert made.chords[1].start_beats == m.bar_beats
    assert made.chords[3].start_beats == 2 * m.bar_beats


def test_chords_keep_to_real_bars_where_the_style_is_felt_in_half_time() -> None:
    made = compose(
        "hip hop",
        E_MINOR,
        FOUR_FOUR,
        TempoMap.constant(180),
        Fraction(32),
        STEMS,
        1,
        read_wishes({"chords": "Em C G D"}),
    )
    assert made.feel == Fraction(1, 2)
    assert [span.start_beats for span in made.chords] == [4 * bar for bar in range(8)]


def test_blues_has_twelve_bars() -> None:
    made = play("blues", Key("A", "mixolydian"), bars=24)
    names = [span.name.rstrip("7")[:1] for span in made.chords if span.start_beats % 4 == 0]
    assert names[:12] in ([*"AAAADDAAEDAA"], [*"ADAADDAAEDAE"], [*"AAAADDAAEDAE"], [*"ADAADDAAEDAA"])
    assert made.sections == ("A", "A")
