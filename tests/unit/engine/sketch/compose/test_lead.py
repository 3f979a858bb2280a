"""The lead part: motif, rests and cadence."""

import itertools
import random
from fractions import Fraction

import pytest

from engine.music import Key
from engine.music.key import MODES
from tests.helpers.sketch_ears import (
    STYLES,
    TONICS,
    bar_of,
    notes,
    play,
    voicings,
)


def some_key(seed: int) -> Key:
    chance = random.Random(seed)
    return Key(chance.choice(TONICS), chance.choice(list(MODES)))


def test_the_lead_has_a_motif_that_comes_back_and_rests() -> None:
    rhythms = 0
    for genres, seed in itertools.product(STYLES, range(8)):
        made = play(genres, seed=seed)
        first, sequence, again, other = (sorted(at for at, _ in bar_of(made, "lead", bar)) for bar in (1, 3, 5, 7))
        assert first == sequence == again
        rhythms += first != other
        assert any(bar_of(made, "lead", 1)), "the motif is silent"
        ends = sorted((note.start_beats, note.start_beats + note.length_beats) for note in notes(made, "lead"))
        gaps = [after[0] - before[1] for before, after in itertools.pairwise(ends)]
        assert max(gaps) >= Fraction(3, 4), "nowhere to breathe"
    assert rhythms >= 24


@pytest.mark.parametrize("bars", [Fraction(1), Fraction(5, 2), Fraction(4), Fraction(8), Fraction(13)])
def test_the_lead_ends_on_a_chord_tone(bars: Fraction) -> None:
    checked = 0
    for genres, seed in itertools.product(STYLES, range(6)):
        made = play(genres, some_key(seed), bars=bars, seed=seed)
        last = notes(made, "lead")[-1]
        bar = last.start_beats // 4
        here = [(start, pitches) for start, pitches in voicings(made) if start // 4 == bar]
        # The chord's own stroke may come before the melody note or, off the beat, just after it.
        around = [pitches for start, pitches in here if start <= last.start_beats][-1:]
        around += [pitches for start, pitches in here if start > last.start_beats][:1]
        if around:
            checked += 1
            assert last.pitch % 12 in {pitch % 12 for pitches in around for pitch in pitches}
    assert checked >= 20
