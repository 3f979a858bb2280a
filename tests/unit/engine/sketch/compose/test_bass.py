"""The bass part: lines, walks and range."""

from statistics import mean

from tests.helpers.sketch_ears import (
    notes,
    play,
)


def test_the_bass_meets_the_kick() -> None:
    for genres in ("funk", "house", "rock"):
        shares = []
        for seed in range(10):
            made = play(genres, seed=seed)
            kicks = {note.start_beats for note in notes(made, "drums") if note.pitch == 36}
            shares.append(len(kicks & {note.start_beats for note in notes(made, "bass")}) / len(kicks))
        assert mean(shares) >= 0.7  # 0.84–0.90 when measured
