"""The chord and pad parts: voice leading and rhythm."""

import itertools
import random
from dataclasses import replace
from statistics import mean

import pytest

from engine.music import Key
from engine.music.key import MODES
from engine.sketch.compose.comping import lead_voices, play_chords, strike_at_start
from engine.sketch.compose.events import TickHit
from tests.helpers.sketch_ears import STYLES, TONICS, play, voicings
from tests.helpers.sketch_parts import section, straight_style, table, triads


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


@pytest.mark.parametrize(
    ("tones", "voicing"),
    [((0, 4, 7), (60, 64, 67)), ((5, 9, 0), (60, 65, 69)), ((7, 11, 2), (59, 62, 67)), ((9, 0, 4), (60, 64, 69))],
)
def test_voices_go_to_the_nearest_tones_of_the_next_chord(tones: tuple[int, ...], voicing: tuple[int, ...]) -> None:
    assert lead_voices((60, 64, 67), tones, 48, 76, 62.0) == voicing


def test_a_power_chord_is_moved_as_it_is_to_the_middle_of_the_range() -> None:
    assert lead_voices(None, (0, 7, 0), 48, 76, 62.0) == (60, 67, 72)
    assert lead_voices((60, 67, 72), (4, 11, 4), 40, 64, 46.0) == (40, 47, 52)
    assert lead_voices(None, (0, 7, 0), 60, 72, 99.0) == (60, 67, 72), "it fills a range of just an octave"


def test_seconds_are_not_voiced_in_the_low_register() -> None:
    low = lead_voices(None, (0, 4, 7, 11), 43, 64, 50.0)
    assert all(upper - lower >= 3 for lower, upper in itertools.pairwise(low) if lower < 55)


def test_a_held_chord_is_struck_again_where_the_harmony_changes() -> None:
    style = replace(straight_style("chords", 48, 76), chords=table("6---"))
    chords = triads([1, 4], 1920)
    hits, voicings = play_chords(style, section(1), chords, 1, 0)
    assert len(voicings) == 2
    assert sorted(hit.pitch for hit in hits if hit.start == 0) == list(voicings[0])
    assert sorted(hit.pitch for hit in hits if hit.start == 1920) == list(voicings[1])
    assert all(hit.start + hit.length <= 1920 for hit in hits if hit.start < 1920)


def test_the_voicing_before_is_gone_on_from() -> None:
    style = straight_style("chords", 48, 84)
    _, high = play_chords(style, section(1), triads([1]), 1, 0, before=(72, 76, 79))
    assert high == [(72, 76, 79)]


def test_the_pattern_is_the_seeds_and_the_same_in_every_take() -> None:
    style = replace(straight_style("chords", 48, 76), chords=table("6.......", "..6.....", "......6."))

    def written(seed: int, take: int) -> tuple[int, ...]:
        hits, _ = play_chords(style, section(1), triads([1]), seed, take)
        return tuple({hit.start: hit.level for hit in hits if hit.level == 6})

    assert {written(1, take) for take in range(6)} == {written(1, 0)}
    assert len({written(seed, 0) for seed in range(12)}) == 3


def test_a_piece_that_ends_before_the_first_stroke_gets_a_chord() -> None:
    late = [TickHit(960, 480, 60, 6)]
    assert strike_at_start(late, (60, 64, 67), 961) == late
    assert strike_at_start(late, (60, 64, 67), 960) == [TickHit(0, 960, pitch, 6) for pitch in (60, 64, 67)]
