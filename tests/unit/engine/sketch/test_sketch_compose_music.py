"""Whether it is music: form, harmony, voice leading, variety."""

import itertools
import random
import time
from fractions import Fraction
from statistics import mean

import pytest

from engine.music import Key
from engine.music.key import MODES
from engine.sketch.library import load_styles
from tests.helpers.sketch_ears import (
    CRASH,
    STYLES,
    TONICS,
    bar_of,
    notes,
    play,
    voicings,
    what_is_played,
)


def some_key(seed: int) -> Key:
    chance = random.Random(seed)
    return Key(chance.choice(TONICS), chance.choice(list(MODES)))


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


STEMS_PITCHED = ("bass", "chords", "lead")


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


def test_styles_are_different_music() -> None:
    for seed in range(5):
        for first, second in itertools.combinations(STYLES, 2):
            a, b = (what_is_played(play(genres, seed=seed), "drums") for genres in (first, second))
            assert 1 - len(a & b) / len(a | b) > 0.3


@pytest.mark.parametrize("genres", STYLES)
def test_the_groove_stays_in_the_band_of_its_style(genres: str) -> None:
    band = load_styles()[genres].syncopation
    shares = []
    for seed in range(10):
        made = play(genres, seed=seed)
        onsets = {note.start_beats for stem in STEMS_PITCHED for note in notes(made, stem)}
        shares.append(sum(onset % 1 != 0 for onset in onsets) / len(onsets))
    assert band[0] - 0.05 <= mean(shares) <= band[1] + 0.05


def test_velocities_use_the_ladder() -> None:
    snares = [
        note.velocity for seed in range(6) for note in notes(play("funk", seed=seed), "drums") if note.pitch == 38
    ]
    assert min(snares) < 45 < 100 < max(snares)  # ghosts and backbeats


def test_the_bass_meets_the_kick() -> None:
    for genres in ("funk", "house", "rock"):
        shares = []
        for seed in range(10):
            made = play(genres, seed=seed)
            kicks = {note.start_beats for note in notes(made, "drums") if note.pitch == 36}
            shares.append(len(kicks & {note.start_beats for note in notes(made, "bass")}) / len(kicks))
        assert mean(shares) >= 0.7  # 0.84–0.90 when measured


def test_eight_bars_are_composed_at_once() -> None:
    play("house")  # style files and voicings are read and kept on the first call
    times_s = []
    for seed in range(5):
        start = time.process_time()
        play("house", seed=seed)
        times_s.append(time.process_time() - start)
    assert min(times_s) < 0.06
