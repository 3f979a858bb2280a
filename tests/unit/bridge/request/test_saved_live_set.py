"""A saved Live set as the fallback for a request without a DAW."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bridge.request.saved_live_set import with_saved_set
from bridge.request.session_state import SessionState
from engine.music import Key, Meter, TempoMap
from tests.helpers.ableton.als_files import START, write_als


def test_a_set_gives_tempo_meter_and_key_and_a_notice(tmp_path: Path) -> None:
    write_als(tmp_path / "song.als", tempo=97.6, meter=303, root=2, scale=2)  # 303 = 6 + 99 · 3: 7/8
    before = SessionState(project=tmp_path, position=4.0)
    state, notices = with_saved_set(before, 0.0)
    assert (state.tempo, state.tempo_map, state.meter, state.key) == (97.6, None, Meter(7, 8), Key("D", "dorian"))
    assert (state.project, state.position) == (tmp_path, 4.0)
    assert notices == ["Tempo, meter and key are those of song.als as it was last saved."]
    assert before.tempo is None  # the client's own state is not changed


def test_changes_count_from_the_start_of_the_request(tmp_path: Path) -> None:
    write_als(
        tmp_path / "song.als",
        tempo_events=[(START, 100), (8, 100), (8, 140)],
        meter_events=[(START, 201), (4, 200)],
    )
    early, _ = with_saved_set(SessionState(project=tmp_path), 0.0)
    assert early.tempo_map is not None
    assert [(point.beat, point.bpm) for point in early.tempo_map.points] == [(0.0, 100.0), (8.0, 140.0)]
    assert early.meter == Meter(4, 4)
    late, _ = with_saved_set(SessionState(project=tmp_path), 8.0)
    assert (late.tempo, late.tempo_map, late.meter) == (140.0, None, Meter(3, 4))


@pytest.mark.parametrize(
    "given",
    [
        {"daw": "REAPER"},
        {"tempo": 120.0},
        {"tempo_map": TempoMap.constant(90.0)},
        {"meter": Meter(4, 4)},
        {"key": Key("E", "minor")},
    ],
)
def test_what_a_daw_has_sent_wins_over_the_set(tmp_path: Path, given: dict[str, object]) -> None:
    write_als(tmp_path / "song.als")
    state = replace(SessionState(project=tmp_path), **given)  # type: ignore[arg-type]
    assert with_saved_set(state, 0.0) == (state, [])


def test_without_a_project_or_a_set_nothing_changes(tmp_path: Path) -> None:
    for state in (SessionState(), SessionState(project=tmp_path), SessionState(project=tmp_path / "gone")):
        assert with_saved_set(state, 0.0) == (state, [])


def test_a_set_that_cannot_be_read_is_named_in_the_notice(tmp_path: Path) -> None:
    (tmp_path / "song.als").write_bytes(b"JUNK")
    state, (notice,) = with_saved_set(SessionState(project=tmp_path), 0.0)
    assert state.tempo is None
    assert "song.als" in notice
    assert "no Live set" in notice
