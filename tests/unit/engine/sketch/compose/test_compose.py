"""Rules that hold for every composed piece: any style, key, meter, length, tempo and seed."""

import time
from bisect import bisect_right
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidValue
from engine.music import Key, Meter, TempoMap, TempoPoint
from engine.music.key import MODES
from engine.music.meter import DENOMINATORS
from engine.score import Note
from engine.sketch.compose import STEMS, Wishes, compose, read_wishes
from engine.sketch.compose.compose import _chord_spans, _tick_hits
from engine.sketch.compose.events import TickHit
from engine.sketch.compose.form import make_plan
from engine.sketch.composition import Composition
from engine.sketch.library import load_styles
from tests.helpers.sketch_ears import (
    CRASH,
    DRUMS_ALLOWED,
    KICK,
    STYLES,
    TONICS,
    notes,
    part,
    play,
)
from tests.helpers.sketch_parts import straight_style, triads
from tests.helpers.sketch_wishes import FOUR_FOUR, make, write_midi

ALL_STYLES = list(load_styles())

FOUR = ("drums", "bass", "chords", "lead")

keys = st.builds(Key, st.sampled_from(TONICS), st.sampled_from(list(MODES)))

meters = st.one_of(
    st.sampled_from(["4/4", "3/4", "6/8", "12/8", "5/4", "7/8"]).map(Meter.parse),
    st.builds(Meter, st.integers(1, 32), st.sampled_from(DENOMINATORS)),
)

lengths = st.one_of(
    st.integers(1, 64).map(Fraction),
    st.fractions(Fraction(1, 8), 70, max_denominator=24),
)

tempos = st.one_of(
    st.sampled_from([40.0, 105.0, 240.0]).map(TempoMap.constant),
    st.just(TempoMap([TempoPoint(0.0, 60.0, True), TempoPoint(16.0, 200.0)])),
)

seeds = st.integers(0, 2**32 - 1)


def check_every_rule(made: Composition) -> None:
    score = made.score
    for player in score.parts:
        held: dict[int, Fraction] = {}
        assert player.notes, f"{player.stem} is silent"
        assert list(player.notes) == sorted(player.notes, key=lambda note: (note.start_beats, note.pitch))
        for note in player.notes:
            assert isinstance(note.start_beats, Fraction)
            assert 0 <= note.start_beats < score.length_beats
            assert 0 < note.length_beats <= score.length_beats - note.start_beats
            assert 1 <= note.velocity <= 127
            assert note.start_beats >= held.get(note.pitch, Fraction(0)), "two notes on one key at once"
            held[note.pitch] = note.start_beats + note.length_beats
            assert note.pitch in DRUMS_ALLOWED if player.is_drums else note.pitch % 12 in score.key.scale
    played = {player.stem: player.notes for player in score.parts}
    assert {KICK, CRASH} <= {note.pitch for note in played["drums"] if note.start_beats == 0}
    assert played["bass"][0].start_beats == 0
    assert played["bass"][0].pitch % 12 == score.key.pitch_class
    assert all(28 <= note.pitch <= 48 for note in played["bass"])
    assert all(48 <= note.pitch <= 76 for note in played["chords"])
    assert all(60 <= note.pitch <= 84 for note in played["lead"])
    lead = played["lead"]
    leaps = [abs(after.pitch - note.pitch) for note, after in pairwise(lead)]
    assert max(leaps, default=0) <= 12


def check_the_scales(made: Composition) -> None:
    """Whatever the style: what starts over a chord is of the scale that is declared for it."""
    starts = [span.start_beats for span in made.chords]
    assert starts[0] == 0
    assert all(before.end_beats == after.start_beats for before, after in pairwise(made.chords))
    assert made.chords[-1].end_beats == made.score.length_beats
    for player in made.score.parts:
        for note in () if player.is_drums else player.notes:
            span = made.chords[bisect_right(starts, note.start_beats) - 1]
            assert note.pitch % 12 in span.scale, (player.stem, note, span)


SONG = "[Intro]\n[Verse 1]\nla la\n[Chorus]\nla\n[Verse 2]\n[Chorus x2]\n[Bridge]\n[Guitar Solo]\n[Drop]\n[Outro]\n"


def song(
    genres: str, lyrics: str = SONG, bars: int = 48, stems: tuple[str, ...] = STEMS, seed: int = 1
) -> Composition:
    tempo = TempoMap.constant(sum(load_styles()[genres].tempo) / 2)
    return compose(
        genres, Key("A", "minor"), Meter(4, 4), tempo, Fraction(4 * bars), stems, seed, Wishes(lyrics=lyrics)
    )


SEED = 7


def piece(
    style: str, reseeded: Mapping[str, int] | None = None, bars: int = 2, stems: tuple[str, ...] = ()
) -> Composition:
    tempo = TempoMap.constant(sum(load_styles()[style].tempo) / 2)
    wishes = read_wishes({"stem_seeds": dict(reseeded or {})})
    return compose(style, None, Meter(4, 4), tempo, Fraction(4 * bars), stems, SEED, wishes)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(STYLES), keys, meters, lengths, tempos, seeds)
def test_every_rule_holds(
    genres: str, key: Key, meter: Meter, length_beats: Fraction, tempo_map: TempoMap, seed: int
) -> None:
    made = compose(genres, key, meter, tempo_map, length_beats, STEMS, seed)
    check_every_rule(made)
    check_the_scales(made)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(ALL_STYLES), keys, meters, lengths, tempos, seeds)
def test_every_style_keeps_to_its_scales_and_plays_every_part(
    genres: str, key: Key, meter: Meter, length_beats: Fraction, tempo_map: TempoMap, seed: int
) -> None:
    made = compose(genres, key, meter, tempo_map, length_beats, STEMS, seed)
    check_the_scales(made)
    for player in made.score.parts:
        assert player.notes, f"{player.stem} is silent"
        assert all(note.start_beats + note.length_beats <= length_beats for note in player.notes)


@pytest.mark.parametrize("meter", ["4/4", "3/4", "2/4", "6/8", "12/8", "5/4", "7/8", "9/8"])
@pytest.mark.parametrize("genres", ALL_STYLES)
def test_every_style_plays_the_common_meters_in_time(genres: str, meter: str) -> None:
    made = play(genres, meter=meter, bars=8, bpm=120, stems=STEMS)
    check_the_scales(made)
    long_share, pair = made.swing_long_share, made.swing_pair_beats
    finest = Fraction(1, 12) / made.feel  # of what is written, before the swing moves it
    for player in made.score.parts:
        assert len({note.start_beats // made.score.meter.bar_beats for note in player.notes}) >= 3, player.stem
        for note in player.notes:
            into = note.start_beats % pair
            straight = (
                into / (2 * long_share) if into <= pair * long_share else pair - (pair - into) / (2 - 2 * long_share)
            )
            assert straight % (finest / 4) == 0 or into % (finest / 4) == 0


@pytest.mark.parametrize("denominator", DENOMINATORS)
def test_every_meter_is_played_sensibly(denominator: int) -> None:
    # Every numerator over 4 and 8; over the others those whose groups of beats differ.
    for numerator in range(1, 33) if denominator in (4, 8) else (1, 2, 3, 5, 7, 8, 11, 15, 16, 19, 24, 31, 32):
        meter = Meter(numerator, denominator)
        length_beats = min(Fraction(40), 8 * meter.bar_beats)
        made = compose("funk", Key("E", "minor"), meter, TempoMap.constant(105), length_beats, STEMS, numerator)
        check_every_rule(made)
        for player in made.score.parts:
            a_beat = len(player.notes) / length_beats
            limit, least = (16, Fraction(1, 4)) if player.is_drums else (12, Fraction(1, 8))
            assert length_beats < 4 or least <= a_beat <= limit, f"{meter} {player.stem}: {float(a_beat)}"


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(STYLES), keys, meters, seeds, st.sets(st.sampled_from(STEMS), min_size=1))
def test_a_stem_does_not_depend_on_the_others(
    genres: str, key: Key, meter: Meter, seed: int, wanted: set[str]
) -> None:
    tempo_map, length_beats, stems = TempoMap.constant(97.6), Fraction(37, 2), tuple(sorted(wanted))
    alone = compose(genres, key, meter, tempo_map, length_beats, stems, seed)
    everything = compose(genres, key, meter, tempo_map, length_beats, STEMS, seed)
    assert tuple(player.stem for player in alone.score.parts) == stems
    assert set(alone.mixes) == wanted
    for player in alone.score.parts:
        assert player == part(everything, player.stem)


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(STYLES), st.none() | keys, meters, lengths, seeds)
def test_same_arguments_same_music(
    genres: str, key: Key | None, meter: Meter, length_beats: Fraction, seed: int
) -> None:
    first, second = (compose(genres, key, meter, TempoMap.constant(90), length_beats, (), seed) for _ in range(2))
    assert first == second


def test_the_music_is_the_same_on_every_machine() -> None:
    # Recorded once: a change of these numbers means that old seeds produce other music.
    made = play("house", Key("A", "minor"), seed=7, stems=FOUR, bpm=120)
    assert [len(player.notes) for player in made.score.parts] == [204, 94, 120, 28]
    assert [note.velocity for note in notes(made, "drums")[:8]] == [126, 71, 81, 97, 71, 118, 107, 66]
    assert [note.pitch for note in notes(made, "bass")[:8]] == [33, 33, 45, 33, 33, 45, 33, 33]
    assert [note.pitch for note in notes(made, "lead")[:8]] == [69, 67, 72, 69, 74, 69, 72, 74]


def test_without_a_key_the_style_chooses_one() -> None:
    chosen = {str(play("rock", None, seed=seed).score.key) for seed in range(12)}
    assert len(chosen) > 3
    check_every_rule(play("rock", None, seed=3, stems=FOUR))


def test_a_long_piece_is_whole() -> None:
    made = play("rock", bars=200, stems=FOUR)
    check_every_rule(made)
    for player in made.score.parts:
        assert player.notes[-1].start_beats > 198 * 4, player.stem


@pytest.mark.parametrize("stems", [("vocals",), ("bass", "bass"), ("Drums",)])
def test_unknown_stems_are_refused(stems: tuple[str, ...]) -> None:
    with pytest.raises(InvalidValue, match="stems must be some of drums, percussion, bass, chords, pad, lead, arp"):
        play(stems=stems)


def test_a_piece_without_length_is_refused() -> None:
    with pytest.raises(InvalidValue, match="length_beats must be above 0"):
        play(bars=0)


def test_unknown_words_reach_the_composition() -> None:
    made = play("gabba")
    assert made.style == "lofi"
    assert made.notices
    assert "gabba" in made.notices[0]
    assert play("funk").notices == ()


def test_eight_bars_are_composed_at_once() -> None:
    play("house")  # style files and voicings are read and kept on the first call
    times_s = []
    for seed in range(5):
        start = time.process_time()
        play("house", seed=seed)
        times_s.append(time.process_time() - start)
    assert min(times_s) < 0.06


@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize("genres", ["pop", "techno", "jazz"])
def test_one_stem_is_regenerated_and_all_others_stay(genres: str, stem: str) -> None:
    plain, changed = make({}, genres=genres), make({"stem_seeds": {stem: 99}}, genres=genres)
    for before, after in zip(plain.score.parts, changed.score.parts, strict=True):
        assert (before == after) == (before.stem != stem), before.stem
    assert changed.reference == plain
    assert changed.chords == plain.chords


def test_a_stem_with_the_pieces_own_seed_stays_as_it_is() -> None:
    assert make({"stem_seeds": {"bass": 7}}) == make({})


def test_a_midi_part_that_is_not_among_the_stems_is_reported(tmp_path: Path) -> None:
    file = write_midi(tmp_path / "lead.mid", [(0, 4, 64), (4, 4, 67)])
    wishes = read_wishes({"midi_part": {"stem": "lead", "file": str(file)}})
    made = compose("pop", None, FOUR_FOUR, TempoMap.constant(100), Fraction(8), ("drums", "bass"), 1, wishes)
    assert [part.stem for part in made.score.parts] == ["drums", "bass"]
    assert made.notices == ("The MIDI file's lead was listened to but is not among the stems.",)


def test_unknown_tags_and_too_many_are_reported() -> None:
    made = song("pop", "[Verse]\n[Kazoo Break Down]\n[Chorus]\n[Outro]", bars=2)
    assert made.sections == ("verse", "chorus")
    assert made.notices == (
        "The sketch engine does not know the section [Kazoo Break Down]; it left it out.",
        "The piece has fewer bars than the lyrics have sections: the last 1 were left out.",
    )


@pytest.mark.parametrize("bars", [Fraction(1, 2), Fraction(1), Fraction(7, 3), Fraction(13)])
@pytest.mark.parametrize("genres", ["latin", "blues", "trance"])
def test_odd_lengths_are_filled_to_the_end(genres: str, bars: Fraction) -> None:
    made = play(genres, bars=bars, stems=STEMS)
    assert all(part.notes for part in made.score.parts)
    assert all(n.start_beats + n.length_beats <= 4 * bars for part in made.score.parts for n in part.notes)


def test_2000_bars_are_no_trouble() -> None:
    made = play("house", bars=2000, stems=("bass",))
    assert notes(made, "bass")[-1].start_beats > 7990


def test_tempo_maps_do_not_move_notes_on_the_beat_grid() -> None:
    ramp = TempoMap([TempoPoint(0.0, 90.0, True), TempoPoint(32.0, 120.0)])
    moving = compose("funk", Key("E", "minor"), Meter(4, 4), ramp, Fraction(32), STEMS, 1)
    steady = play("funk", bpm=32 * 60 / ramp.seconds(32), stems=STEMS)
    assert [part.notes for part in moving.score.parts] == [part.notes for part in steady.score.parts]


def test_a_regenerated_stem_does_not_depend_on_other_regenerated_ones() -> None:
    together = piece("jazz", {stem: 50 + number for number, stem in enumerate(STEMS)}, 8, STEMS)
    for number, stem in enumerate(STEMS):
        alone = piece("jazz", {stem: 50 + number}, 8, STEMS)
        assert alone.score.parts[number] == together.score.parts[number], stem


def test_a_seed_for_a_stem_that_is_not_requested_changes_nothing() -> None:
    plain, after = piece("pop", stems=("drums", "bass")), piece("pop", {"lead": 9}, stems=("drums", "bass"))
    assert after == plain


def test_given_notes_become_ticks_of_the_felt_tempo() -> None:
    style = straight_style("lead")
    notes = [Note(Fraction(1), Fraction(1, 2), 60, 99), Note(Fraction(1, 3), Fraction(1, 5000), 62, 1)]
    for feel, starts, lengths in ((Fraction(1), [960, 320], [480, 1]), (Fraction(2), [1920, 640], [960, 1])):
        plan = make_plan(style, Meter(4, 4), Fraction(8), 120.0, feel=feel)
        hits = _tick_hits(notes, plan)
        assert [hit.start for hit in hits] == starts
        assert [hit.length for hit in hits] == lengths
        assert hits[0] == TickHit(starts[0], lengths[0], 60, 6)


def test_chords_are_cut_at_the_end_of_the_piece() -> None:
    plan = make_plan(straight_style("lead"), Meter(4, 4), Fraction(6), 120.0, feel=Fraction(1))
    spans = _chord_spans(triads([1, 4, 5]), plan, Fraction(6))
    assert [(span.start_beats, span.end_beats, span.name) for span in spans] == [(0, 4, "C"), (4, 6, "F")]
    assert spans[0].scale == (0, 2, 4, 5, 7, 9, 11)
