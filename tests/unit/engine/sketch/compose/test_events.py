"""Notes in ticks, velocities, and their conversion to the score's notes."""

from fractions import Fraction

from tests.helpers.sketch_ears import notes, play


def test_swing_is_on_the_grid_and_exact() -> None:
    # Lo-fi: of every two sixteenths the first takes 3/5 of an eighth, 3/10 of a beat; nothing lies anywhere else.
    for player in play("lofi", seed=4).score.parts:
        places = {note.start_beats % Fraction(1, 2) for note in player.notes}
        assert places <= {Fraction(0), Fraction(3, 10)}, player.stem
    assert any(note.start_beats % Fraction(1, 2) for note in notes(play("lofi", seed=4), "drums"))
    assert all(note.start_beats % Fraction(1, 4) == 0 for note in notes(play("rock"), "drums"))
