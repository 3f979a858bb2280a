"""A request gets the tempo map that its DAW has reported for the same position, and no other."""

from __future__ import annotations

import pytest

from bridge.app.grids import KEPT, Grids
from bridge.request.session_state import SessionState
from engine.music import Meter, MeterMap, MeterPoint, TempoMap

MAP = TempoMap.parse([{"beat": 0, "bpm": 97.6, "ramp": False}, {"beat": 8, "bpm": 120, "ramp": False}])


def told(position: float = 16.0, tempo: float = 97.6, daw: str = "REAPER") -> SessionState:
    return SessionState(
        daw, tempo=tempo, tempo_map=MAP, position=position, block={"sample_rate": 44_100, "genres": "x"}
    )


def request(position: float = 16.0, tempo: float = 97.6, daw: str = "REAPER", **block: object) -> SessionState:
    return SessionState(daw, tempo=tempo, position=position, block=dict(block))


def test_the_same_place_at_the_same_tempo_gets_map_and_rate() -> None:
    grids = Grids()
    grids.note(told())
    grids.note(told(position=20.0))  # it plays on while the user looks at what was shown
    state = request(genres="funk")
    grids.complete(state)
    assert state.tempo_map == MAP
    assert state.block == {"sample_rate": 44_100, "genres": "funk"}


def test_the_same_place_in_the_same_meter_gets_the_meter_map_whatever_the_tempo() -> None:
    meters = MeterMap([MeterPoint(0, Meter(4, 4)), MeterPoint(2, Meter(3, 4))])
    grids = Grids()
    report = told()
    report.meter, report.meter_map = Meter(4, 4), meters
    grids.note(report)
    for meter, found in ((Meter(4, 4), meters), (Meter(5, 4), None)):
        state = request(tempo=140.0)
        state.meter = meter
        grids.complete(state)
        assert (state.tempo_map, state.meter_map) == (None, found)


@pytest.mark.parametrize(
    "other",
    [request(position=17.0), request(tempo=98.0), request(daw="Live"), request(daw="")],
    ids=["place", "tempo", "daw", "none"],
)
def test_any_other_gets_no_map(other: SessionState) -> None:
    grids = Grids()
    grids.note(told())
    grids.complete(other)
    assert other.tempo_map is None


def test_a_report_is_a_copy_that_later_changes_do_not_touch() -> None:
    grids = Grids()
    state = told()
    grids.note(state)
    state.position, state.tempo_map = 99.0, None  # the door goes on using its state
    got = request()
    grids.complete(got)
    assert got.tempo_map == MAP


def test_the_latest_report_of_a_position_counts_and_old_ones_are_dropped() -> None:
    grids = Grids()
    grids.note(told())
    newer = told()
    newer.tempo_map = None
    grids.note(newer)
    state = request()
    grids.complete(state)
    assert state.tempo_map is None
    for position in range(KEPT + 5):
        grids.note(told(position=float(position)))
    oldest, kept = request(position=4.0), request(position=5.0)
    grids.complete(oldest)
    grids.complete(kept)
    assert (oldest.tempo_map, kept.tempo_map) == (None, MAP)
