"""Doubts about tracked beats: a tempo far from the expected one, and one at which a loop is no whole beats long."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.align.beat_doubt import doubt_of, is_far, loop_tempo, own_tempo
from engine.align.track import Beats
from engine.align.track.beats import no_beats
from engine.music import Meter

FOUR = Meter(4, 4)


def beats(tempo: float, length_s: float, expected: float = 120.0, trust: float = 0.9) -> Beats:
    count = int(length_s * tempo / 60)
    return replace(
        no_beats(FOUR, expected, 0.0, length_s),
        times_s=np.arange(count) * 60.0 / tempo,
        confidence=np.full(count, trust),
        first_downbeat=0,
        tempo_bpm=tempo,
    )


def test_beats_that_nobody_trusts_have_no_tempo() -> None:
    assert own_tempo(None) is None
    assert own_tempo(beats(118.0, 8.0, trust=0.2)) is None
    assert own_tempo(beats(118.0, 8.0)) == 118.0


@pytest.mark.parametrize(("tempo", "far"), [(97.6, True), (111.0, False), (129.0, False), (131.0, True)])
def test_beyond_8_percent_the_tempo_is_far(tempo: float, far: bool) -> None:
    assert is_far(beats(tempo, 20.0)) == far
    assert ("far from the 120 BPM expected" in doubt_of(beats(tempo, 20.0), FOUR)) == far


def test_a_loop_of_whole_bars_at_another_note_value_is_doubted() -> None:
    four_bars_s = 16 * 60 / 97.6
    found = beats(97.6 * 4 / 3, four_bars_s, expected=130.0)
    assert loop_tempo(found, FOUR) == pytest.approx(97.6)
    assert "at about 98 BPM it would be whole bars long" in doubt_of(found, FOUR)


@pytest.mark.parametrize("length_beats", [16.0, 14.0, 10.5, 16.4, 80.25])
def test_other_lengths_are_not_doubted(length_beats: float) -> None:
    assert doubt_of(beats(120.0, length_beats / 2), FOUR) == ""
