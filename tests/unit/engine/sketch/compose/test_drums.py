"""The drum and percussion parts: grooves, fills, crashes."""

import itertools
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product

import pytest

from engine.music import Meter
from engine.sketch.compose.drums import (
    CORE,
    MOST_EXTRAS,
    _Groove,
    _kit,
    _with_fill,
    play_drums,
    play_percussion,
)
from engine.sketch.compose.events import TickHit, stream
from engine.sketch.compose.form import FormPlan, make_plan
from engine.sketch.compose.rhythm import Habit
from engine.sketch.instruments import DRUM_KEYS
from engine.sketch.library import load_styles
from engine.sketch.pattern import parse_pattern
from tests.helpers.sketch_ears import (
    CRASH,
    KICK,
    STYLES,
    bar_of,
    notes,
    play,
    what_is_played,
)
from tests.helpers.sketch_parts import BAR, bars, section, straight_style, table

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


EXTRAS = ("shaker", "cowbell", "claves", "triangle")


def plan(count: int, tags: tuple[str, ...] = ()) -> FormPlan:
    style = straight_style("drums")
    return make_plan(style, Meter(4, 4), Fraction(4 * count), 120.0, tags)


def test_a_closed_hat_rests_where_the_open_one_is_played() -> None:
    lanes = {"hat": table("9999"), "open": table("..9."), "kick": table("9...")}
    hits = _Groove(lanes, 1, 1, "drums", section(1), Habit("3", 240)).measure(bars(1)[0], 0)
    closed = [hit.start for hit in hits if hit.pitch == DRUM_KEYS["hat"] and hit.level == 9]
    assert closed == [0, 960, 2880]
    assert [hit.start for hit in hits if hit.pitch == DRUM_KEYS["open"]] == [1920]


def test_core_lanes_that_keep_no_time_play_what_is_written() -> None:
    hits = _Groove({"snare": table("..8. ..8.")}, 480, 1, "drums", section(1), Habit("3", 240)).measure(bars(1)[0], 0)
    assert [(hit.start, hit.level) for hit in hits] == [(960, 8), (2880, 8)]


def test_a_section_has_few_extras_and_one_of_hat_and_ride() -> None:
    lanes = {
        lane: table("9...") for lane in ("kick", "snare", "hat", "ride", "shaker", "cowbell", "claves", "triangle")
    }
    style = replace(straight_style("drums"), drums=lanes)
    for seed, kind in itertools.product(range(10), ("intro", "verse", "chorus")):
        part = section(2, kind)
        kit = _kit(style, part, seed)
        assert len([lane for lane in kit if lane not in CORE]) == MOST_EXTRAS[part.kind.intensity - 1]
        assert ("hat" in kit) != ("ride" in kit)
        assert {"kick", "snare"} <= set(kit)
    assert all("hat" in _kit(style, section(2, "verse"), seed) for seed in range(10)), "the ride is for other letters"


def test_a_fill_takes_over_from_the_groove_at_the_end_of_the_measure() -> None:
    groove = [TickHit(tick, 216, 42, 6) for tick in range(0, BAR, 480)] + [TickHit(3360, 216, 36, 9)]
    fill = {"snare": parse_pattern("9 9", "9", "test")}
    filled = _with_fill(groove, bars(1)[0], fill, "small", stream(1))
    assert sorted(hit.start for hit in filled if hit.pitch == 38) == [BAR - 480, BAR - 240]
    assert max(hit.start for hit in filled if hit.pitch == 42) < BAR - 480
    assert any(hit.pitch == 36 and hit.start == 3360 for hit in filled), "a fill without a kick keeps the groove's"


def test_a_small_fill_stays_in_the_second_half() -> None:
    fill = {"snare": parse_pattern("9" * 16, "9", "test")}
    small = _with_fill([], bars(1)[0], fill, "small", stream(1))
    assert min(hit.start for hit in small) == BAR // 2
    assert len(_with_fill([], bars(1)[0], fill, "big", stream(1))) == 16


def test_every_section_starts_with_a_kick_and_the_crash_of_the_style() -> None:
    style = replace(straight_style("drums"), crash_level=4)
    made = plan(16, ("verse", "chorus"))
    hits = play_drums(style, made, 1)
    for part in made.sections:
        start = part.measures[0].start
        assert TickHit(start, 960, DRUM_KEYS["crash"], 4) in hits
        assert any(hit.start == start and hit.pitch == 36 and hit.level == 9 for hit in hits)


def test_percussion_rests_in_bridges_but_not_in_a_piece_that_is_one() -> None:
    style = straight_style("percussion")
    made = plan(16, ("verse", "bridge"))
    bridge = made.sections[-1].measures[0].start
    assert made.sections[-1].name == "bridge"
    assert max(hit.start for hit in play_percussion(style, made, 1)) < bridge
    assert play_percussion(style, plan(8, ("bridge",)), 1)


def test_percussion_without_a_note_in_time_plays_one() -> None:
    style = replace(straight_style("percussion"), percussion={"shaker": table("")})
    assert play_percussion(style, plan(1), 1) == [TickHit(0, 216, DRUM_KEYS["shaker"], 6)]


def test_a_build_ends_with_a_roll_into_the_drop_where_the_style_has_a_clap() -> None:
    made = plan(16, ("build", "drop"))
    last = [part for part in made.sections if part.name == "build"][-1].measures[-1]

    def snares(*lanes: str) -> list[tuple[int, int]]:
        style = replace(straight_style("drums"), drums={lane: table("....") for lane in lanes})
        hits = [hit for hit in play_drums(style, made, 1) if hit.pitch == DRUM_KEYS["snare"]]
        return [((hit.start - last.start) // 240, hit.level) for hit in hits if last.start <= hit.start < last.end]

    assert snares("kick", "clap") == list(enumerate(map(int, "4445556667778899")))
    assert snares("kick") != snares("kick", "clap")
