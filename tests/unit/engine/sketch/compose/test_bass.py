"""The bass part: lines, walks and range."""

from dataclasses import replace
from random import Random
from statistics import mean

import pytest

from engine.sketch.compose.bass import (
    HIGHEST,
    LOWEST,
    _BassLineBuilder,
    _from_the_start,
    _walked,
    _with_habit,
    play_bass,
)
from engine.sketch.compose.events import TickHit
from engine.sketch.compose.rhythm import Cell
from engine.sketch.pattern import BASS_MARKS
from tests.helpers.sketch_ears import (
    notes,
    play,
)
from tests.helpers.sketch_parts import BAR, bars, section, straight_style, table, triads


def test_the_bass_meets_the_kick() -> None:
    for genres in ("funk", "house", "rock"):
        shares = []
        for seed in range(10):
            made = play(genres, seed=seed)
            kicks = {note.start_beats for note in notes(made, "drums") if note.pitch == 36}
            shares.append(len(kicks & {note.start_beats for note in notes(made, "bass")}) / len(kicks))
        assert mean(shares) >= 0.7  # 0.84–0.90 when measured


def played(text: str, degrees: tuple[int, ...] = (1, 4), seed: int = 1, gate: float = 1.0) -> list[TickHit]:
    style = replace(straight_style("bass", gate=gate), bass=table(text, marks=BASS_MARKS))
    return play_bass(style, section(len(degrees)), triads(degrees), seed, 0)


@pytest.mark.parametrize(
    ("mark", "pitch"),
    [("R", 36), ("r", 36), ("x", 36), ("3", 40), ("5", 43), ("8", 48), ("7", 35), ("n", 31), ("N", 29), ("w", 35)],
)
def test_marks_over_c_before_f(mark: str, pitch: int) -> None:
    # C lies on 36, the F that follows on 29: "n" is the G above it, "w" the first step down towards it.
    builder = _BassLineBuilder(triads([1, 4]), 1.0)
    builder.play(Cell(0, 480, mark))
    assert builder.hits[0].pitch == pitch


def test_a_step_below_the_lowest_string_is_an_octave_up() -> None:
    builder = _BassLineBuilder(triads([3, 3]), 1.0)  # E minor: its root is the open string
    builder.play(Cell(0, 480, "7"))
    assert builder.hits[0].pitch == 38


def test_a_walk_goes_on_from_the_last_note_and_passes_through_a_reached_goal() -> None:
    builder = _BassLineBuilder(triads([1, 4]), 1.0)
    for index in range(4):
        builder.play(Cell(480 * index, 480, "w"))
    assert [hit.pitch for hit in builder.hits] == [35, 33, 31, 29]
    builder.play(Cell(1920, 480, "w"))
    assert builder.hits[-1].pitch == 31


def test_a_foreign_root_is_not_anticipated() -> None:
    chords = triads([1, 7])
    assert 11 in chords[0].scale
    builder = _BassLineBuilder([chords[0], replace(chords[1], bass=6)], 1.0)  # F sharp in the bass
    builder.play(Cell(0, 480, "N"))
    assert builder.hits[0].pitch == 36


def test_every_chord_begins_with_its_root() -> None:
    for seed in range(10):
        hits = played("5---8---", (1, 4, 5, 1), seed)
        starts = {hit.start: hit.pitch for hit in hits}
        assert [starts[bar * BAR] for bar in range(4)] == [36, 29, 31, 36]


def test_a_line_that_comes_in_late_gets_a_root_on_the_first_beat() -> None:
    hits = played("..5.....")
    assert hits[0] == TickHit(0, min(960, hits[1].start), 36, 8)


def test_the_line_stays_on_the_instrument() -> None:
    for degree in range(1, 8):
        for seed in range(5):
            assert all(LOWEST <= hit.pitch <= HIGHEST for hit in played("R357 8nwN r?w?", (degree, 1), seed))


def test_the_gate_shortens_every_note() -> None:
    full, short = played("R---5---"), played("R---5---", gate=0.5)
    assert [hit.length // 2 for hit in full] == [hit.length for hit in short]


def test_two_measures_of_one_seed_repeat_and_another_seed_plays_another_line() -> None:
    four = played("R.r.5.?. R.8.?.5.", (1, 1, 1, 1))
    first, second = ([hit._replace(start=hit.start - start) for hit in four if start <= hit.start < start + BAR]
                     for start in (BAR, 0))  # fmt: skip
    third = [hit._replace(start=hit.start - 2 * BAR) for hit in four if 2 * BAR <= hit.start < 3 * BAR]
    assert third == second
    assert first != []
    assert len({tuple(played("R.r.5.?. R.8.?.5.", seed=seed)) for seed in range(8)}) > 4


def test_tones_count_from_the_root() -> None:
    builder = _BassLineBuilder(triads([2, 5]), 1.0)  # D minor, its root on 38
    for mark in "R358":
        builder.play(Cell(0, 480, mark))
    assert [hit.pitch for hit in builder.hits] == [38, 41, 45, 38], "the octave, 50, lies above the range"


class Lowest(Random):
    """A source of chance that draws the lowest number and the first choice."""

    def random(self) -> float:
        return 0.0

    def choice(self, seq):  # noqa: ANN001, ANN201
        return seq[0]


def test_a_walk_takes_over_the_last_beat() -> None:
    cells = [Cell(0, 3840, "R"), Cell(3360, 480, "8")]
    assert _walked(cells, bars(1)[0], Lowest()) == [
        Cell(0, 2880, "R"), Cell(2880, 480, "5"), Cell(3360, 480, "n"),
    ]  # fmt: skip


def test_a_habit_cuts_the_note_before_and_ends_at_the_next() -> None:
    cells = [Cell(0, 1920, "R"), Cell(1920, 1920, "5")]
    assert _with_habit(cells, bars(1)[0], 0.0, "8") == [
        Cell(0, 480, "R"), Cell(480, 480, "8"), Cell(1920, 1920, "5"),
    ]  # fmt: skip
    assert _with_habit(cells, bars(1)[0], 0.99, "8")[-1].start == 3360
    assert _with_habit([Cell(0, 960, "R")], bars(1, "1/4")[0], 0.0, "8")[1].start == 480


def test_a_root_is_put_before_a_late_start() -> None:
    assert _from_the_start([Cell(480, 960, "5")]) == [Cell(0, 480, "R"), Cell(480, 960, "5")]
    assert _from_the_start([]) == [Cell(0, 960, "R")]
    assert _from_the_start([Cell(0, 240, "5")]) == [Cell(0, 240, "5")]
