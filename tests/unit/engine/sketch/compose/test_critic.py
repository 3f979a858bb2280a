"""The critic's scores of a section."""

from statistics import mean

import pytest

from engine.sketch.library import load_styles
from tests.helpers.sketch_ears import (
    STYLES,
    notes,
    play,
)

STEMS_PITCHED = ("bass", "chords", "lead")


@pytest.mark.parametrize("genres", STYLES)
def test_the_groove_stays_in_the_band_of_its_style(genres: str) -> None:
    band = load_styles()[genres].syncopation
    shares = []
    for seed in range(10):
        made = play(genres, seed=seed)
        onsets = {note.start_beats for stem in STEMS_PITCHED for note in notes(made, stem)}
        shares.append(sum(onset % 1 != 0 for onset in onsets) / len(onsets))
    assert band[0] - 0.05 <= mean(shares) <= band[1] + 0.05
