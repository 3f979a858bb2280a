"""Summing, measuring and mastering the stems."""

from fractions import Fraction

import numpy as np
import pytest

from engine.music import Meter, TempoMap
from engine.sketch.compose import compose
from engine.sketch.composition import Composition
from engine.sketch.library import load_styles
from engine.sketch.render import render
from tests.helpers.mix_ears import RATE, mix_of, true_peak_db


def play(style: str, bars: int, seed: int, bpm: float | None = None) -> Composition:
    tempo = bpm or sum(load_styles()[style].tempo) / 2
    return compose(style, None, Meter(4, 4), TempoMap.constant(tempo), Fraction(4 * bars), (), seed)


def stems_of(composition: Composition, seed: int, rate: int = RATE) -> dict[str, np.ndarray]:
    return render(composition, rate, seed, 0.0, lambda share: None)


@pytest.mark.parametrize("style", ["funk", "lofi", "soul", "reggaeton"])
def test_any_one_stem_can_be_muted_and_the_others_stay_under_the_ceiling(style: str) -> None:
    stems = stems_of(play(style, 2, 7), 7)
    for muted in stems:
        assert true_peak_db(mix_of({name: stem for name, stem in stems.items() if name != muted})) <= -1.0
