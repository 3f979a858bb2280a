"""Notes in ticks, velocities, and their conversion to the score's notes."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.score import Note
from engine.sketch.compose.events import TickHit, level_of, score_notes, stream, velocity_of
from engine.sketch.compose.grid import SwungGrid
from engine.sketch.style.model import Swing
from tests.helpers.sketch_ears import notes, play
from tests.helpers.sketch_parts import bars


def test_swing_is_on_the_grid_and_exact() -> None:
    # Lo-fi: of every two sixteenths the first takes 3/5 of an eighth, 3/10 of a beat; nothing lies anywhere else.
    for player in play("lofi", seed=4).score.parts:
        places = {note.start_beats % Fraction(1, 2) for note in player.notes}
        assert places <= {Fraction(0), Fraction(3, 10)}, player.stem
    assert any(note.start_beats % Fraction(1, 2) for note in notes(play("lofi", seed=4), "drums"))
    assert all(note.start_beats % Fraction(1, 4) == 0 for note in notes(play("rock"), "drums"))


STRAIGHT = SwungGrid(bars(8), Swing(Fraction(1, 2), Fraction(1, 2)))


def spans(hits: list[TickHit], length_beats: int = 8, feel: Fraction = Fraction(1)) -> list[tuple[float, float, int]]:
    made = score_notes(hits, STRAIGHT, Fraction(length_beats), Random(1), feel)
    return [(float(note.start_beats), float(note.length_beats), note.pitch) for note in made]


def test_streams_of_one_name_are_the_same_everywhere() -> None:
    assert stream(1, "bass", "A").random() == Random("1:bass:A").random()
    assert stream(1, "bass").random() == stream("1", "bass").random()
    assert stream(1, "bass").random() != stream(2, "bass").random()


def test_levels_of_marks() -> None:
    assert [level_of(mark, Random(1)) for mark in "129"] == [1, 2, 9]
    open_levels = {level_of("c", Random(seed)) for seed in range(20)}
    assert open_levels == {0, 3}


@given(st.integers(0, 12), st.integers(0, 999))
def test_velocities_keep_their_steps_apart(level: int, seed: int) -> None:
    velocity = velocity_of(level, Random(seed))
    assert 1 <= velocity <= 127
    assert abs(velocity - (13 * min(9, level) + 5)) <= 4


def test_notes_come_out_in_order_and_in_beats() -> None:
    assert spans([TickHit(960, 480, 60, 6), TickHit(0, 240, 67, 6), TickHit(0, 240, 60, 6)]) == [
        (0, 0.25, 60),
        (0, 0.25, 67),
        (1, 0.5, 60),
    ]


def test_a_note_ends_where_the_next_on_its_key_begins() -> None:
    assert spans([TickHit(0, 1920, 60, 6), TickHit(960, 960, 60, 6), TickHit(0, 1920, 61, 6)]) == [
        (0, 1, 60),
        (0, 2, 61),
        (1, 1, 60),
    ]


def test_of_two_hits_at_once_the_louder_stays() -> None:
    made = score_notes([TickHit(0, 240, 60, 2), TickHit(0, 960, 60, 9)], STRAIGHT, Fraction(4), Random(1))
    assert [(note.length_beats, note.velocity > 100) for note in made] == [(1, True)]


def test_notes_end_with_the_piece() -> None:
    assert spans([TickHit(960, 9600, 60, 6), TickHit(1920, 960, 62, 6)], 2) == [(1, 1, 60)]


@pytest.mark.parametrize(("feel", "start"), [(Fraction(1, 2), 2), (Fraction(1), 1), (Fraction(2), 0.5)])
def test_felt_beats_become_real_ones(feel: Fraction, start: float) -> None:
    assert spans([TickHit(960, 960, 60, 6)], 8, feel) == [(start, start, 60)]


any_hit = st.builds(TickHit, st.integers(0, 7000), st.integers(1, 4000), st.integers(60, 62), st.integers(1, 9))


@given(st.lists(any_hit))
def test_no_key_is_struck_while_it_sounds(hits: list[TickHit]) -> None:
    ends: dict[int, Fraction] = {}
    made: tuple[Note, ...] = score_notes(hits, STRAIGHT, Fraction(7), Random(1))
    for note in made:
        assert note.start_beats >= ends.get(note.pitch, Fraction(0))
        ends[note.pitch] = note.start_beats + note.length_beats
    assert all(end <= 7 for end in ends.values())
    assert len({(hit.start, hit.pitch) for hit in hits if hit.start < 6720}) == len(made)
