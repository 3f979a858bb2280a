"""The critic's scores of a section."""

from statistics import mean

import pytest

from engine.music import Key
from engine.sketch.compose.critic import _contour, judge, key_lead, off_beat_share
from engine.sketch.compose.events import TickHit
from engine.sketch.library import load_styles
from tests.helpers.sketch_ears import (
    STYLES,
    notes,
    play,
)
from tests.helpers.sketch_parts import C_MAJOR, section

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


def line(pitches: list[int], step: int = 960) -> list[TickHit]:
    return [TickHit(index * step, step, pitch, 6) for index, pitch in enumerate(pitches)]


SCALE = line([60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 60, 60])
PARTS = {"bass": line([36, 43, 36]), "chords": line([60, 64, 67]), "lead": line([72, 74, 76, 74, 72])}
ANY = (0.0, 1.0)


def test_the_key_of_a_scale_leads_and_others_do_not() -> None:
    assert 0 < key_lead(SCALE, C_MAJOR) <= 0.3
    assert key_lead(SCALE, Key("F#", "major")) < -1.0
    assert key_lead(SCALE, Key("C", "minor")) < 0


def test_a_key_that_is_clear_enough_gets_no_more() -> None:
    assert key_lead(line([60, 60, 60, 64, 67, 67]), C_MAJOR) <= 0.3
    assert key_lead([], C_MAJOR) == 0.0


def test_a_note_counts_for_as_long_as_it_sounds() -> None:
    long, short = TickHit(0, 9600, 66, 6), TickHit(0, 1, 66, 6)
    assert key_lead([*SCALE, long], C_MAJOR) < key_lead([*SCALE, short], C_MAJOR)


def test_the_off_beat_share_counts_what_is_on_no_beat() -> None:
    assert off_beat_share([0, 240, 960, 1200], section(1)) == 0.5
    assert off_beat_share([], section(1)) == 0.0


def test_every_kick_that_the_bass_meets_counts() -> None:
    kicks = [TickHit(0, 1, 36, 9), TickHit(960, 1, 36, 9), TickHit(480, 1, 36, 9), TickHit(500, 1, 36, 9)]
    without = judge(PARTS, [], C_MAJOR, section(2), ANY)
    assert judge(PARTS, kicks, C_MAJOR, section(2), ANY) - without == pytest.approx(2.0 * 0.5)


def test_syncopation_outside_the_band_of_the_style_costs() -> None:
    # Everything is on the beat: a share of 0.
    free = judge(PARTS, [], C_MAJOR, section(2), ANY)
    assert free - judge(PARTS, [], C_MAJOR, section(2), (0.4, 1.0)) == pytest.approx(1.5 * 0.4)


def test_a_bass_in_the_register_of_the_chords_costs() -> None:
    bass = [hit._replace(pitch=hit.pitch + 24) for hit in PARTS["bass"]]  # the same pitch classes, so the same key
    gap = (60 + 64 + 67) / 3 - (60 + 67 + 60) / 3
    near = judge({**PARTS, "bass": bass}, [], C_MAJOR, section(2), ANY)
    assert judge(PARTS, [], C_MAJOR, section(2), ANY) - near == pytest.approx(0.5 * (12 - gap) / 12)


@pytest.mark.parametrize(
    ("pitches", "score"),
    [
        ([60, 62], 0.0),  # too short to have a contour
        ([60, 62, 64, 65, 67, 69], 1.0),  # steps only, over a sixth
        ([60, 60, 60, 60], -0.7 - 9 / 6),  # repeats above 30 %, and a range of nothing
        ([60, 72, 60, 72], 0.0),  # leaps only, over an octave
        ([60, 80, 60], -3 / 6),  # three semitones wider than a tenth
    ],
)
def test_melodies_that_move_by_step_are_liked(pitches: list[int], score: float) -> None:
    assert _contour(line(pitches)) == pytest.approx(score)


def test_a_piece_moved_to_another_key_is_as_clear_there() -> None:
    for tonic, semitones in (("C", 0), ("G", 7), ("Eb", 3), ("A", 9)):
        moved = [hit._replace(pitch=hit.pitch + semitones) for hit in SCALE]
        assert key_lead(moved, Key(tonic, "major")) == pytest.approx(key_lead(SCALE, C_MAJOR))
        assert key_lead(moved, Key(tonic, "mixolydian")) == key_lead(moved, Key(tonic, "major")), "by their thirds"
