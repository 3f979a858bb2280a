"""The plain tempo ratio is taken only where it clearly measures less, and guesses are a last resort."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.align.fallback import clearly_better, simpler_map
from engine.align.measure import GridError, verdict
from engine.align.proof import Onsets
from engine.align.track import Beats
from engine.align.track.beats import no_beats
from engine.align.warpmap import WarpMap
from engine.music import Meter, TempoMap

FOUR = Meter(4, 4)
GRID = TempoMap.constant(120.0)


def beats_from(downbeat_s: float, first_sound_s: float) -> Beats:
    times_s = downbeat_s + np.arange(16) * 0.5
    empty = no_beats(FOUR, 120.0, first_sound_s, 9.0)
    return replace(empty, times_s=times_s, confidence=np.ones(16), first_downbeat=0)


def measured(median_ms: float | None, p95_ms: float, onsets: int = 16) -> GridError:
    if median_ms is None:
        return GridError("", None, None, None, None, onsets)
    return GridError("", 120.0, median_ms, p95_ms, 0.0, onsets, verdict(median_ms, p95_ms, 0.0))


def onsets_from(start_s: float) -> Onsets:
    return Onsets(start_s + np.arange(16) * 0.5, np.ones(16))


def chosen(error: GridError, onsets: Onsets, beats: Beats) -> WarpMap | None:
    found = simpler_map(error, onsets, beats, GRID, FOUR, 8.0)
    return None if found is None else found[0]


def start_of(along: WarpMap | None) -> float:
    assert along is not None
    return float(along.to_source(np.zeros(1))[0])


@pytest.mark.parametrize("error", [measured(15.0, 30.0), measured(2.0, 4.0), measured(None, 0.0, 3)])
def test_onsets_that_are_steady_from_the_tracked_downbeat_are_left_alone(error: GridError) -> None:
    assert start_of(chosen(error, onsets_from(0.3), beats_from(0.3, 0.3))) == pytest.approx(0.3)


def test_a_result_as_good_as_the_plain_tempo_stays() -> None:
    assert chosen(measured(0.3, 1.0), onsets_from(0.3), beats_from(0.3, 0.3)) is None


def test_a_wrong_downbeat_gives_way_to_the_first_sound_if_nothing_fits() -> None:
    assert start_of(chosen(measured(15.0, 30.0), onsets_from(0.3), beats_from(0.36, 0.3))) == pytest.approx(0.3)


def test_a_result_that_is_tight_is_never_given_up_for_a_guess() -> None:
    assert chosen(measured(2.0, 6.0), onsets_from(0.3), beats_from(0.36, 0.3)) is None


def test_a_guess_with_no_onset_on_the_one_is_not_taken() -> None:
    assert chosen(measured(15.0, 30.0), onsets_from(0.44), beats_from(0.36, 0.3)) is None


def test_drift_is_not_given_up() -> None:
    drifting = Onsets(0.3 + np.arange(16) * 0.5 * 1.03, np.ones(16))
    assert chosen(measured(1.0, 3.0), drifting, beats_from(0.3, 0.3)) is None


@pytest.mark.parametrize(
    ("error", "than", "better"),
    [
        (measured(2.0, 5.0), measured(10.0, 20.0), True),
        (measured(7.9, 20.0), measured(10.0, 20.0), True),
        (measured(8.1, 20.0), measured(10.0, 20.0), False),
        (measured(0.2, 1.0), measured(0.6, 1.0), False),
        (measured(0.05, 1.0), measured(0.6, 1.0), True),
        (measured(2.0, 21.0), measured(10.0, 20.0), False),
        (measured(2.0, 5.0, 11), measured(10.0, 20.0, 16), False),
        (measured(2.0, 5.0, 12), measured(10.0, 20.0, 16), True),
        (measured(2.0, 5.0), measured(None, 0.0), True),
        (measured(15.0, 30.0), measured(None, 0.0), False),
        (measured(None, 0.0), measured(15.0, 30.0), False),
        (measured(None, 0.0), measured(None, 0.0), False),
    ],
    ids=[
        "much better", "by a fifth", "by less than a fifth", "by less than half a millisecond", "by more than that",
        "with worse outliers", "with too few onsets", "with enough onsets", "tight over unknown",
        "loose over unknown", "unknown over loose", "unknown over unknown",
    ],
)  # fmt: skip
def test_better_means_by_more_than_chance(error: GridError, than: GridError, better: bool) -> None:
    assert clearly_better(error, than) is better
