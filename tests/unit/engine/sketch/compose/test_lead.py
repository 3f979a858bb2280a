"""The lead part: motif, rests and cadence."""

import itertools
import random
from dataclasses import replace
from fractions import Fraction

import pytest

from engine.music import Key
from engine.music.key import MODES
from engine.sketch.compose.events import TickHit, stream
from engine.sketch.compose.lead import _contour, _pentatonic, _reflect, end_on_chord_tone, play_lead
from tests.helpers.sketch_ears import (
    STYLES,
    TONICS,
    bar_of,
    notes,
    play,
    voicings,
)
from tests.helpers.sketch_parts import BAR, C_MAJOR, section, straight_style, triads


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


RANGE = range(60, 85)


def test_the_last_note_moves_to_the_root_or_third_and_rings() -> None:
    first, last = TickHit(0, 480, 67, 6), TickHit(960, 480, 66, 6)
    assert end_on_chord_tone([last, first], triads([1]), BAR, RANGE) == [first, last._replace(pitch=64, length=1920)]


def test_it_rings_no_longer_than_its_chord() -> None:
    hits = [TickHit(3360, 240, 60, 6)]
    assert end_on_chord_tone(hits, triads([1, 4]), 2 * BAR, RANGE) == [TickHit(3360, 480, 60, 6)]


def test_notes_after_the_end_are_left_out_and_an_empty_melody_gets_a_note() -> None:
    late = TickHit(BAR, 480, 67, 6)
    assert end_on_chord_tone([late], triads([1, 4]), BAR, RANGE) == [TickHit(0, 1920, 72, 6)]


def test_the_last_note_is_within_a_leap_of_the_one_before() -> None:
    hits = [TickHit(0, 480, 60, 6), TickHit(960, 480, 84, 6)]
    assert end_on_chord_tone(hits, triads([1]), BAR, RANGE)[-1].pitch == 64


@pytest.mark.parametrize(
    ("key", "left"),
    [(C_MAJOR, {0, 2, 4, 7, 9}), (Key("A", "minor"), {9, 0, 2, 4, 7}), (Key("D", "dorian"), {2, 5, 7, 9, 0})],
)
def test_the_pentatonic_core_of_a_mode(key: Key, left: set[int]) -> None:
    scale = [pitch for pitch in RANGE if pitch % 12 in key.scale]
    assert {pitch % 12 for pitch in _pentatonic(key, scale)} == left


@pytest.mark.parametrize(("rung", "reflected"), [(3, 3), (-2, 2), (9, 7), (8, 8), (10, 6), (99, 0)])
def test_a_line_turns_back_at_the_ends_of_the_ladder(rung: int, reflected: int) -> None:
    assert _reflect(rung, 8) == reflected


def test_a_contour_starts_on_its_anchor_and_moves_by_small_steps() -> None:
    for seed in range(20):
        walk = _contour(stream(seed))
        assert (walk[0], len(walk)) == (0, 24)
        assert max(abs(after - before) for before, after in itertools.pairwise(walk)) <= 2
        assert max(map(abs, walk)) <= 8


def test_the_melody_is_in_range_in_the_scale_and_without_wide_leaps() -> None:
    style = straight_style("lead", 62, 82)
    for seed in range(10):
        hits = play_lead(style, C_MAJOR, section(8), triads([1, 6, 4, 5] * 2), seed, 0)
        assert all(62 <= hit.pitch <= 82 and hit.pitch % 12 in C_MAJOR.scale for hit in hits)
        assert max(abs(after.pitch - before.pitch) for before, after in itertools.pairwise(hits)) <= 12


def test_the_answer_is_the_motif_and_b_ends_on_a_long_note() -> None:
    style = replace(straight_style("lead"), lead=straight_style("lead").lead)
    hits = play_lead(style, C_MAJOR, section(8), triads([1] * 8), 3, 0)
    first, third = ([hit.start - start for hit in hits if start <= hit.start < start + BAR] for start in (0, 4 * BAR))
    assert first == third
    last = [hit for hit in hits if hit.start >= 7 * BAR]
    assert last[-1].level == 7
    assert last[-1].start == 7 * BAR + BAR // 2


def test_a_pickup_leads_over_the_bar_line_into_the_next_section() -> None:
    style, chords = straight_style("lead"), triads([1] * 8)
    picked = 0
    for seed in range(12):
        hits = play_lead(style, C_MAJOR, section(8, "verse", "chorus"), chords, seed, 0)
        tail = [hit for hit in hits if hit.start >= 8 * BAR - 960]
        if [hit.start for hit in tail] == [8 * BAR - 960, 8 * BAR - 480]:
            picked += 1
            assert 0 < tail[1].pitch - tail[0].pitch <= 2
    assert 0 < picked < 12
