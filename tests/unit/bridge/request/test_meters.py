"""Which source says the meters of a request, and how many bars a length then has."""

from __future__ import annotations

from pathlib import Path

import mido
import pytest

from bridge.request.block import check_block
from bridge.request.genre_map.genre_map import GenreMap
from bridge.request.job_spec import JobSpec
from bridge.request.presets.presets import Presets
from bridge.request.resolve import Resolver
from bridge.request.session_state import SessionState
from bridge.request.trigger import Trigger
from engine.errors import InvalidValue
from engine.music import Meter, MeterMap, MeterPoint
from tests.helpers.ableton.als_files import START, write_als

RESOLVER = Resolver(Presets(Path("/none")), GenreMap(Path("/none")))
SONG = MeterMap([MeterPoint(0, Meter(4, 4)), MeterPoint(2, Meter(3, 4))])
OTHER = MeterMap([MeterPoint(0, Meter(5, 4)), MeterPoint(1, Meter(7, 8))])


def resolve(state: SessionState | None = None, start: float | None = None, **own: object) -> JobSpec:
    return RESOLVER.resolve(Trigger(check_block({"genres": "funk", **own}), start), state or SessionState())


@pytest.mark.parametrize(
    ("own", "session", "client", "meters"),
    [
        ({"meter_map": SONG.to_json()}, None, {}, SONG),
        ({"meter_map": SONG.to_json(), "time_signature": "5/4"}, OTHER, {}, SONG),
        ({"time_signature": "6/8"}, SONG, {}, MeterMap.constant(Meter(6, 8))),
        ({}, SONG, {"meter_map": OTHER.to_json()}, SONG),
        ({"genres": "funk in 6/8"}, None, {"meter_map": OTHER.to_json()}, OTHER),
        ({"genres": "funk in 6/8"}, None, {}, MeterMap.constant(Meter(6, 8))),
        ({"meter_map": []}, SONG, {}, SONG),
        ({"meter_map": [{"bar": 0, "time_signature": "3/4"}]}, None, {}, MeterMap.constant(Meter(3, 4))),
    ],
)
def test_the_strongest_source_that_says_any(
    own: dict[str, object], session: MeterMap | None, client: dict[str, object], meters: MeterMap
) -> None:
    state = SessionState(block=check_block(client))
    if session is not None:
        state.merge({"meter_map": session.to_json()})
    spec = resolve(state, bars=8, **own)
    assert spec.meters == meters
    assert spec.block["time_signature"] == str(meters.first)
    assert spec.block.get("meter_map", []) == ([] if meters.is_constant else meters.to_json())
    assert spec.length_beats == meters.beats(8)
    request = spec.generation_request()
    assert (request.meters, request.bars, request.meter) == (meters, 8.0, meters.first)
    assert (request.meter_map is None) == meters.is_constant


def test_two_bars_of_four_and_four_of_three_are_six_bars() -> None:
    state = SessionState(loop=(16.0, 20.0))
    state.merge({"meter_map": SONG.to_json(), "tempo": 120.0})
    assert resolve(state).block["bars"] == 6.0
    assert resolve(state).length_beats == 20
    assert resolve(state, output_seconds=10).block["bars"] == 6.0
    assert JobSpec.from_json(resolve(state).to_json()).meters == SONG


def test_changes_after_the_end_are_left_out() -> None:
    assert "meter_map" not in resolve(meter_map=SONG.to_json(), bars=2).block
    assert resolve(meter_map=SONG.to_json(), bars=2.5).block["meter_map"] == SONG.to_json()


def test_a_job_of_an_older_companion_has_no_map() -> None:
    spec = resolve(time_signature="7/8", bars=4)
    assert "meter_map" not in spec.block
    assert (spec.meters, spec.length_beats) == (MeterMap.constant(Meter(7, 8)), 14)


def regenerate(spec: JobSpec, state: SessionState, **change: object) -> JobSpec:
    return RESOLVER.regenerate(spec, state, Trigger(check_block(change)))


def test_regenerating_follows_the_meters_of_now() -> None:
    state = SessionState(tempo=100.0)
    state.merge({"meter_map": SONG.to_json()})
    spec = resolve(state, bars=6)
    assert regenerate(spec, state).meters == SONG
    assert regenerate(spec, state).block["bars"] == 6.0
    state.merge({"meter_map": OTHER.to_json()})
    assert regenerate(spec, state).meters == OTHER
    state.set_meter(Meter(3, 4))
    assert regenerate(spec, state).meters == MeterMap.constant(Meter(3, 4))
    assert regenerate(spec, state, meter_map=OTHER.to_json()).meters == OTHER
    assert regenerate(spec, SessionState(), time_signature="5/4").meters == MeterMap.constant(Meter(5, 4))


def test_a_longer_loop_has_the_changes_that_the_shorter_one_had_cut_off() -> None:
    state = SessionState(loop=(0.0, 8.0))
    state.merge({"meter_map": SONG.to_json()})
    short = resolve(state)
    assert short.meters.is_constant
    state.loop = (0.0, 20.0)
    assert regenerate(short, state).meters == SONG
    assert regenerate(short, state).block["bars"] == 6.0


def midi_file(path: Path, *changes: tuple[int, int, int], end: int) -> Path:
    """Write a file with a note to beat `end`, and time signatures (beat, numerator, denominator)."""
    track, now = mido.MidiTrack([mido.Message("note_on", note=40, velocity=80)]), 0
    for beat, numerator, denominator in changes:
        track.append(
            mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator, time=480 * (beat - now))
        )
        now = beat
    track.append(mido.Message("note_off", note=40, time=480 * (end - now)))
    file = mido.MidiFile(ticks_per_beat=480)
    file.tracks.append(track)
    file.save(path)
    return path


def test_a_midi_file_gives_its_meters_where_nobody_has_said_any(tmp_path: Path) -> None:
    file = midi_file(tmp_path / "bass.mid", (0, 4, 4), (8, 3, 4), end=19)
    part = {"stem": "bass", "file": str(file)}
    assert resolve(midi_part=part, bars=6).meters == SONG
    assert resolve(midi_part=part, bars=6, time_signature="4/4").meters.is_constant
    assert resolve(SessionState(meter=Meter(5, 4)), midi_part=part, bars=6).meters == MeterMap.constant(Meter(5, 4))
    again = resolve(midi_part=part, bars=9).meters  # played again from its seventh bar on
    assert [p.bar for p in again.points] == [0, 2, 6, 8]
    with pytest.raises(InvalidValue, match=r"none\.mid"):
        resolve(midi_part={"stem": "bass", "file": str(tmp_path / "none.mid")}, bars=6)


def test_a_saved_set_gives_its_meters_from_the_start_of_the_request_on(tmp_path: Path) -> None:
    # 200 is 3/4, 201 is 4/4; Live sometimes stores 15.999999 where it means 16.
    write_als(tmp_path / "song.als", meter_events=[(START, 201), (15.999999, 200), (28, 201)])
    spec = resolve(SessionState(project=tmp_path), 8.0, bars=6)
    assert [(p.bar, str(p.meter)) for p in spec.meters.points] == [(0, "4/4"), (2, "3/4")]
    assert spec.length_beats == 20
    inside = resolve(SessionState(project=tmp_path), 10.0, bars=6)
    assert [(p.bar, str(p.meter)) for p in inside.meters.points] == [(0, "4/4"), (1, "2/4"), (2, "3/4")]
    odd = resolve(SessionState(project=tmp_path), 10.3, bars=6)
    assert odd.meters == MeterMap.constant(Meter(4, 4))
    assert any(n.startswith("Only the first meter of song.als is kept: meter change must be") for n in odd.notices)


def test_a_daw_that_can_only_tell_one_meter_is_told_so(tmp_path: Path) -> None:
    write_als(tmp_path / "song.als", meter_events=[(START, 201), (16, 200)])
    live = SessionState(daw="Ableton Live", project=tmp_path, tempo=120.0, meter=Meter(4, 4))
    notice = (
        "Ableton Live tells one meter only, so the take is in 4/4 throughout; song.als, as it was last saved, "
        "changes to 3/4 in bar 3 of it."
    )
    spec = resolve(live, 8.0, bars=6)
    assert notice in spec.notices
    assert spec.meters.is_constant
    assert notice not in resolve(live, 8.0, bars=2).notices  # the change comes after its end
    assert notice not in resolve(live, 8.0, bars=6, meter_map=SONG.to_json()).notices
