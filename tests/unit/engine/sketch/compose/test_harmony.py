"""Chords: progressions of a style, and the user's own."""

from fractions import Fraction
from itertools import pairwise

import pytest

from engine.music import Key, Meter, TempoMap
from engine.music.chords import parse_chords
from engine.sketch.compose import STEMS, compose, read_wishes
from engine.sketch.compose.harmony import (
    build_chord,
    chord_at,
    chord_from_tones,
    chord_name,
    chord_scale,
    chords_within,
    lay_given,
    lay_harmony,
)
from engine.sketch.library import load_styles
from engine.sketch.style.model import ChordStep
from tests.helpers.sketch_ears import play
from tests.helpers.sketch_parts import BAR, C_MAJOR, bars, section, triads
from tests.helpers.sketch_wishes import E_MINOR, FOUR_FOUR, make, sounding


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


A_MINOR = Key("A", "minor")


@pytest.mark.parametrize(
    ("degree", "colour", "tones", "name"),
    [
        (1, (1, 3, 5, 7), (0, 4, 7, 11), "C"),
        (2, (1, 3, 7, 9), (2, 5, 0, 4), "Dm"),
        (3, (1, 3, 7, 9), (4, 7, 2, 11), "Em"),  # the ninth, F, would lie a semitone above the root: a fifth instead
        (7, (1, 3, 5), (11, 2, 5), "Bdim"),
        (1, (1, 5, 8), (0, 7, 0), "C"),
    ],
)
def test_chords_are_thirds_of_the_scale(
    degree: int, colour: tuple[int, ...], tones: tuple[int, ...], name: str
) -> None:
    chord = build_chord(C_MAJOR, ChordStep(degree), colour, 0, BAR)
    assert (chord.tones, chord.name) == (tones, name)
    assert chord.root == chord.bass == chord.scale[0] == tones[0]
    assert sorted(chord.scale) == sorted(C_MAJOR.scale)


def test_a_step_may_name_its_quality() -> None:
    chord = build_chord(A_MINOR, ChordStep(5, "7"), (1, 3, 5), 0, BAR)
    assert (chord.tones, chord.name, chord.triad) == ((4, 8, 11, 2), "E7", (4, 8, 11))


def test_foreign_tones_displace_both_neighbours_unless_the_chord_has_them() -> None:
    assert chord_scale(A_MINOR, {4, 8, 11, 2}) == (0, 2, 4, 5, 8, 11)  # G sharp in place of G and A
    assert chord_scale(C_MAJOR, {0, 4, 7, 10}) == (0, 2, 4, 5, 7, 10)  # B flat in place of A and B
    assert chord_scale(C_MAJOR, {0, 4, 7}) == tuple(sorted(C_MAJOR.scale))


def test_chords_of_two_and_of_five_tones() -> None:
    power = chord_from_tones(C_MAJOR, (0, 7), 0, BAR)
    assert (power.tones, power.triad, power.name) == ((0, 7, 0), (0, 7, 7), "C5")
    ninth = chord_from_tones(C_MAJOR, (0, 4, 7, 10, 2), 0, BAR, bass=4, name="C9/E")
    assert (ninth.tones, ninth.bass, ninth.name) == ((0, 4, 10, 2), 4, "C9/E")


def test_a_chord_without_a_quality_is_called_by_its_root() -> None:
    assert chord_name(1, (1, 4, 8)) == "Dbm"
    assert chord_name(6, (6, 7, 8)) == "F#"


def test_the_chord_at_a_tick_and_those_within_a_span() -> None:
    one, two, three = chords = triads([1, 4, 5])
    assert [chord_at(chords, tick) for tick in (0, BAR - 1, BAR, 99 * BAR)] == [one, one, two, three]
    assert chords_within(chords, BAR, 2 * BAR) == [two]
    assert chords_within(chords, BAR - 1, 2 * BAR + 1) == [one, two, three]


def test_a_harmony_of_a_style_fills_its_section_and_begins_on_the_tonic() -> None:
    style = load_styles()["pop"]
    for seed in range(20):
        chords = lay_harmony(style, C_MAJOR, section(8), seed, 0)
        assert chords[0].root == 0
        assert (chords[0].start, chords[-1].end) == (0, 8 * BAR)
        assert all(before.end == after.start for before, after in pairwise(chords))
    assert len({tuple(c.name for c in lay_harmony(style, C_MAJOR, section(8), 1, take)) for take in range(12)}) > 3


def test_given_chords_change_at_beat_groups_and_begin_again() -> None:
    laid = lay_given(parse_chords("C Am | F"), C_MAJOR, bars(3), [0, BAR, 2 * BAR, 3 * BAR])
    assert [(chord.name, chord.start, chord.end) for chord in laid] == [
        ("C", 0, 1920), ("Am", 1920, 3840), ("F", 3840, 7680), ("C", 7680, 9600), ("Am", 9600, 11520),
    ]  # fmt: skip
    three = lay_given(parse_chords("C F G |"), C_MAJOR, bars(1), [0, BAR])
    assert [chord.start for chord in three] == [0, 960, 2880]
