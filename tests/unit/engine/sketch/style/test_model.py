"""The data types of a style."""

from dataclasses import FrozenInstanceError
from fractions import Fraction

import pytest

from engine.sketch.composition import PartMix
from engine.sketch.library import load_styles
from engine.sketch.mix_style import NEUTRAL
from engine.sketch.style.model import ChordStep, PartStyle, Style, Swing


def test_a_chord_step_is_diatonic_unless_it_names_a_quality() -> None:
    assert ChordStep(4) == (4, "")
    assert ChordStep(4) == ChordStep(4, "")
    assert ChordStep(4) != ChordStep(4, "m")


def test_a_part_has_the_whole_keyboard_and_full_lengths_by_default() -> None:
    part = PartStyle("piano", PartMix())
    assert (part.gate, part.low, part.high) == (1.0, 0, 127)


def test_the_mix_of_a_style_is_neutral_by_default() -> None:
    fields = {name: getattr(load_styles()["funk"], name) for name in Style.__slots__ if name != "mix_style"}
    assert Style(**fields).mix_style is NEUTRAL


def test_a_style_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        load_styles()["funk"].pentatonic = False


def test_swings_are_compared_by_value() -> None:
    assert Swing(Fraction(1, 2), Fraction(3, 5)) == Swing(Fraction(2, 4), Fraction(6, 10))
