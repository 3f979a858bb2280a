"""The composer's result: defaults, and values that cannot be changed."""

from dataclasses import FrozenInstanceError
from fractions import Fraction

import pytest

from engine.music import Key, Meter, TempoMap
from engine.score import Score
from engine.sketch.composition import ChordSpan, Composition, PartMix
from engine.sketch.mix_style import NEUTRAL

SCORE = Score(TempoMap.constant(120), Meter(4, 4), Key("C", "major"), Fraction(4), ())


def test_a_part_is_in_the_middle_and_nearly_dry_by_default() -> None:
    mix = PartMix()
    assert (mix.level_db, mix.pan, mix.width, mix.reverb, mix.duck, mix.echo) == (0.0, 0.0, 0.3, 0.1, 0.0, 0.0)


def test_a_composition_is_straight_and_complete_in_itself_by_default() -> None:
    made = Composition(SCORE, {}, "house")
    assert (made.swing_pair_beats, made.swing_long_share, made.feel) == (Fraction(1, 2), Fraction(1, 2), 1)
    assert (made.notices, made.chords, made.sections, made.reference) == ((), (), (), None)
    assert made.mix_style is NEUTRAL


def test_two_compositions_do_not_share_their_seeds() -> None:
    first, second = Composition(SCORE, {}, "a"), Composition(SCORE, {}, "b")
    assert first.stem_seeds == {}
    assert first.stem_seeds is not second.stem_seeds


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (PartMix(), "pan"),
        (ChordSpan(Fraction(0), Fraction(4), "C", (0,)), "name"),
        (Composition(SCORE, {}, "a"), "style"),
    ],
)
def test_values_cannot_be_changed(value: object, name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(value, name, 1)


def test_equal_values_are_equal_compositions() -> None:
    chords = (ChordSpan(Fraction(0), Fraction(4), "Em7", (4, 7, 11, 2)),)
    assert Composition(SCORE, {}, "a", chords=chords) == Composition(SCORE, {}, "a", chords=chords)
    assert Composition(SCORE, {}, "a", chords=chords) != Composition(SCORE, {}, "a")
