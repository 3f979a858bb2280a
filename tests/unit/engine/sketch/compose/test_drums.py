"""The drum and percussion parts: grooves, fills, crashes."""

import itertools
from itertools import pairwise, product

import pytest

from engine.sketch.library import load_styles
from tests.helpers.sketch_ears import (
    CRASH,
    KICK,
    STYLES,
    bar_of,
    notes,
    play,
    what_is_played,
)

ALL_STYLES = list(load_styles())

FOUR = ("drums", "bass", "chords", "lead")

STEMS_PITCHED = ("bass", "chords", "lead")


@pytest.mark.parametrize("meter", ["7/4", "11/8", "15/16", "9/8", "5/8", "13/16", "10/8", "7/16"])
def test_bars_of_meters_without_own_patterns_begin_with_a_kick(meter: str) -> None:
    for genres in STYLES:
        made = play(genres, meter=meter, bars=6)
        kicks = {note.start_beats for note in notes(made, "drums") if note.pitch == KICK}
        beats = made.score.meter.bar_beats
        assert {bar * beats for bar in range(6)} <= kicks | {bar * beats for bar in range(1, 6, 2) if beats < 2}
        backbeats = {note.start_beats for note in notes(made, "drums") if note.pitch in (37, 38, 39)}
        assert backbeats - {bar * beats for bar in range(6)}, "no backbeat"


def test_fast_music_leaves_the_hats_playable() -> None:
    for genres, bpm in product(ALL_STYLES, (165.0, 220.0, 240.0)):
        made = play(genres, bpm=bpm, bars=3, stems=FOUR)
        hats = sorted({n.start_beats for n in notes(made, "drums") if n.pitch in (42, 51, 54, 70)})
        gaps = [float(after - before) * 60 / bpm for before, after in pairwise(hats)]
        assert genres == "trap" or min(gaps, default=1.0) > 0.06, genres  # trap's rolls are those of a machine


@pytest.mark.parametrize("genres", STYLES)
def test_a_groove_of_two_bars_carries_the_section(genres: str) -> None:
    for seed in range(5):
        made = play(genres, seed=seed)
        crashless = [{hit for hit in bar_of(made, "drums", bar) if hit[1] != CRASH} for bar in range(1, 9)]
        assert crashless[0] == crashless[2] == crashless[4] == crashless[6]
        assert crashless[1] == crashless[5]


@pytest.mark.parametrize("meter", ["4/4", "3/4", "6/8", "12/8", "5/4", "7/8", "9/8"])
@pytest.mark.parametrize("genres", STYLES)
def test_bar_4_and_bar_8_end_with_fills(genres: str, meter: str) -> None:
    for seed in range(4):
        made = play(genres, meter=meter, seed=seed)
        groove, small, big = (bar_of(made, "drums", bar) for bar in (2, 4, 8))
        assert small != groove
        assert big != groove
        middle = made.score.meter.bar_beats / 3
        assert {hit for hit in small if hit[0] < middle} == {hit for hit in groove if hit[0] < middle}


def test_big_fills_are_bigger_than_small_ones() -> None:
    changed = {4: 0, 8: 0}
    for genres, seed in itertools.product(STYLES, range(6)):
        made = play(genres, seed=seed)
        for bar in changed:
            changed[bar] += len(bar_of(made, "drums", bar) ^ bar_of(made, "drums", 2))
    assert changed[8] > 1.3 * changed[4]


def test_sections_begin_with_a_crash_and_differ() -> None:
    for genres in STYLES:
        made = play(genres, bars=32)
        crashes = [note.start_beats for note in notes(made, "drums") if note.pitch == CRASH]
        assert crashes == [0, 32, 64, 96]
        for stem in STEMS_PITCHED:
            rhythms = [{at for bar in (1, 2) for at, _ in bar_of(made, stem, 8 * n + bar)} for n in range(4)]
            assert rhythms[0] == rhythms[1] == rhythms[3], "A A . A"
            assert bar_of(made, stem, 1) != bar_of(made, stem, 17), "B is another music"


def test_styles_are_different_music() -> None:
    for seed in range(5):
        for first, second in itertools.combinations(STYLES, 2):
            a, b = (what_is_played(play(genres, seed=seed), "drums") for genres in (first, second))
            assert 1 - len(a & b) / len(a | b) > 0.3


def test_velocities_use_the_ladder() -> None:
    snares = [
        note.velocity for seed in range(6) for note in notes(play("funk", seed=seed), "drums") if note.pitch == 38
    ]
    assert min(snares) < 45 < 100 < max(snares)  # ghosts and backbeats
