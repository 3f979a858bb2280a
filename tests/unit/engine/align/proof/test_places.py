"""The places of onsets, bar by bar, and the bar lines among them."""

from __future__ import annotations

import numpy as np

from engine.align.proof import Onsets, prove_onsets
from engine.align.proof.places import on_bar_line, places_up_to
from engine.music import Meter, MeterMap, MeterPoint, TempoMap

FOUR = Meter(4, 4)
SONG = MeterMap([MeterPoint(0, FOUR), MeterPoint(2, Meter(3, 4)), MeterPoint(4, Meter(7, 8))])


def test_in_one_meter_places_are_evenly_spaced() -> None:
    assert places_up_to(4.0, FOUR, None).tolist() == [n / 4 for n in range(18)]
    assert places_up_to(1.0, Meter(6, 8), MeterMap.constant(Meter(6, 8))).tolist() == [n / 8 for n in range(10)]


def test_in_several_each_bar_has_the_places_of_its_own_beats() -> None:
    places = places_up_to(21.0, FOUR, SONG)
    assert np.all(np.diff(places[places < 14]) == 0.25)
    assert np.all(np.diff(places[(places >= 14) & (places < 21)]) == 0.125)
    assert places[-1] > 21.0
    lines = places[on_bar_line(places, FOUR, SONG)]
    assert lines[lines < 21.1].tolist() == [0.0, 4.0, 8.0, 11.0, 14.0, 17.5, 21.0]


def test_the_first_downbeat_with_an_onset_is_one_of_the_maps() -> None:
    """The first two bars are silent; beat 11 is a bar line of the map, and none of four beats."""
    beats = np.arange(11.0, 21.0, 0.5)
    tempo_map = TempoMap.constant(120.0)
    late_s = np.where(beats == 11.0, 0.004, 0.0)
    onsets = Onsets(beats * 0.5 + late_s, np.ones(len(beats)))
    proved = prove_onsets(onsets, 10.5, tempo_map, FOUR, meter_map=SONG)
    assert proved.downbeat_offset_ms is not None
    assert round(proved.downbeat_offset_ms, 3) == 4.0
    plain = prove_onsets(onsets, 10.5, tempo_map, FOUR)
    assert plain.downbeat_offset_ms == 0.0  # of beat 12, which no bar of the map begins with
