"""The chord and pad parts: voice leading and rhythm."""

import itertools
import random
from statistics import mean

import pytest

from engine.music import Key
from engine.music.key import MODES
from tests.helpers.sketch_ears import STYLES, TONICS, play, voicings


def some_key(seed: int) -> Key:
    chance = random.Random(seed)
    return Key(chance.choice(TONICS), chance.choice(list(MODES)))


def test_chords_are_struck_together() -> None:
    for genres in STYLES:
        assert all(3 <= len(pitches) <= 4 for _, pitches in voicings(play(genres)))


@pytest.mark.parametrize("genres", STYLES)
def test_voices_move_little(genres: str) -> None:
    moves = []
    for seed in range(12):
        chords = [pitches for _, pitches in voicings(play(genres, some_key(seed), bars=16, seed=seed))]
        for before, after in itertools.pairwise(chords):
            if before != after and len(before) == len(after):
                moves.append(mean(abs(a - b) for a, b in zip(before, after, strict=True)))
    assert mean(moves) <= 2.0  # 1.2–1.5 when measured
    assert max(moves) <= 5.0
