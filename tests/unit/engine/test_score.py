"""Written music."""

from dataclasses import FrozenInstanceError, replace
from fractions import Fraction
from itertools import pairwise

import pytest

from engine.music import Key, Meter, TempoMap
from engine.score import Note, Part, Score

NOTE = Note(Fraction(1, 3), Fraction(1, 2), 60, 100)


def funk() -> Score:
    part = Part("bass", "bass_sub", (replace(NOTE),))
    return Score(TempoMap.constant(97.6), Meter(7, 8), Key("E", "minor"), Fraction(28), (part,))


SCORE = funk()


def test_equal_music_is_equal_and_can_be_a_key() -> None:
    same = funk()
    assert same == SCORE
    assert {SCORE: 1}[same] == 1
    assert replace(SCORE, key=Key("E", "major")) != SCORE


def test_music_is_not_changed_in_place() -> None:
    for thing, name in ((NOTE, "pitch"), (SCORE.parts[0], "stem"), (SCORE, "parts")):
        with pytest.raises(FrozenInstanceError):
            setattr(thing, name, None)


def test_a_part_is_tuned_unless_it_says_otherwise() -> None:
    assert not SCORE.parts[0].is_drums
    assert Part("drums", "kit_808", (), is_drums=True).is_drums


def test_thirds_of_beats_stay_exact() -> None:
    notes = [Note(Fraction(n, 3), Fraction(1, 3), 60, 100) for n in range(300)]
    assert all(one.start_beats + one.length_beats == other.start_beats for one, other in pairwise(notes))
    assert notes[-1].start_beats + notes[-1].length_beats == 100
