"""The same request as the song is now: what the session has changed since holds, everything else stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.request.genre_map.genre_map import GenreMap
from bridge.request.job_spec import LOOP, PLAYHEAD, JobSpec
from bridge.request.presets.presets import Presets
from bridge.request.regeneration import as_the_song_is_now
from bridge.request.resolve import Resolver
from bridge.request.session_state import SessionState
from bridge.request.trigger import Trigger
from engine.music import Key, Meter, TempoMap
from engine.origin import Origin

RESOLVER = Resolver(Presets(Path("/none")), GenreMap(Path("/none")))
SONG = SessionState(tempo=97.6, meter=Meter(7, 8), key=Key("E", "minor"), position=12.0)
RISING = TempoMap.parse([{"beat": 0, "bpm": 100, "ramp": True}, {"beat": 8, "bpm": 120, "ramp": False}])


def request(state: SessionState = SONG, start: float | None = None, **block: object) -> JobSpec:
    return RESOLVER.resolve(Trigger({"genres": "funk", **block}, start), state)


def regenerate(spec: JobSpec, state: SessionState, change: Trigger | None = None, stem: str = "") -> JobSpec:
    return RESOLVER.regenerate(spec, state, change or Trigger({}), stem)


def test_in_an_unchanged_session_nothing_changes() -> None:
    assert as_the_song_is_now(request(), SONG, Trigger({})) is None
    assert as_the_song_is_now(request(), SessionState(), Trigger({})) is None, "what is not said is not changed"


def test_in_an_unchanged_session_only_the_seed_is_another() -> None:
    spec = request(seed=7, stems=["bass"])
    again = regenerate(spec, SONG)
    assert again.block["seed"] != 7
    assert again.with_block({"seed": 7}, Origin.USER) == spec


@pytest.mark.parametrize(
    ("change", "key", "value"),
    [
        ({"tempo": 140.0}, "tempo", 140.0),
        ({"meter": Meter(3, 4)}, "time_signature", "3/4"),
        ({"key": Key("C", "dorian")}, "key", "C dorian"),
    ],
)
def test_what_the_session_says_differently_now_holds(change: dict[str, object], key: str, value: object) -> None:
    spec = request(seed=7)
    again = regenerate(spec, replace(SONG, **change))  # type: ignore[arg-type]
    assert again.block[key] == value
    changed = {name for name in spec.block if again.block[name] != spec.block[name]}
    assert changed == {key, "seed"}


def test_a_session_that_has_become_silent_keeps_what_it_said() -> None:
    again = regenerate(request(), SessionState(tempo=140.0))
    assert (again.block["tempo"], again.block["time_signature"], again.block["key"]) == (140.0, "7/8", "E minor")


def test_a_request_that_named_its_own_tempo_keeps_it_until_the_session_says_another() -> None:
    spec = request(tempo=150)
    assert regenerate(spec, SONG).block["tempo"] == 150.0
    assert regenerate(spec, replace(SONG, tempo=98.0)).block["tempo"] == 98.0


def test_a_tempo_map_comes_and_goes_with_the_session() -> None:
    mapped = regenerate(request(), replace(SONG, tempo=100.0, tempo_map=RISING))
    assert mapped.tempo_map == RISING
    plain = regenerate(mapped, replace(SONG, tempo=100.0))
    assert (plain.block["tempo"], "tempo_map" in plain.block) == (100.0, False)


def test_the_words_in_the_genres_follow_the_tempo() -> None:
    spec = request(genres="funk, 128 BPM")
    assert "97.6 BPM" in spec.block["genres"]
    again = regenerate(spec, replace(SONG, tempo=140.0))
    assert again.block["genres"] == "funk, 140 BPM"
    assert again.prompt.count("BPM") == 1


def test_a_named_place_stays_and_the_playhead_is_followed() -> None:
    moved = replace(SONG, position=40.0)
    assert regenerate(request(start=16.0), moved).start_beat == 16.0
    followed = request()
    assert (followed.follows, followed.start_beat) == (PLAYHEAD, 12.0)
    assert regenerate(followed, moved).start_beat == 40.0
    assert regenerate(followed, SessionState()).start_beat == 12.0, "nobody has said where the playhead is now"


def test_a_loop_is_followed_with_its_length() -> None:
    looped = replace(SONG, meter=Meter(4, 4), loop=(8.0, 16.0))
    spec = request(looped)
    assert (spec.follows, spec.start_beat, spec.block["bars"]) == (LOOP, 8.0, 4.0)
    moved = regenerate(spec, replace(looped, loop=(32.0, 8.0)))
    assert (moved.start_beat, moved.block["bars"]) == (32.0, 2.0)
    off = regenerate(spec, replace(looped, loop=None))
    assert (off.start_beat, off.block["bars"]) == (8.0, 4.0)


def test_a_length_in_seconds_is_counted_in_bars_of_the_tempo_of_now() -> None:
    spec = request(replace(SONG, meter=Meter(4, 4), tempo=120.0), output_seconds=20)
    assert spec.block["bars"] == 10.0
    slower = regenerate(spec, replace(SONG, meter=Meter(4, 4), tempo=60.0))
    assert slower.block["bars"] == 5.0


def test_keys_and_place_of_this_time_win_over_both() -> None:
    change = Trigger({"variations": 3, "bars": 2.0, "seed": 5}, 20.0, 12.3)
    again = regenerate(request(seed=7), replace(SONG, tempo=140.0), change)
    assert (again.block["variations"], again.block["bars"], again.block["tempo"]) == (3, 2.0, 140.0)
    assert (again.start_beat, again.start_seconds, again.block["seed"]) == (20.0, 12.3, 5)


def test_the_project_is_that_of_now_or_the_one_it_was() -> None:
    one, two = Path("/song/one"), Path("/song/two")
    spec = request(replace(SONG, project=one))
    assert regenerate(spec, replace(SONG, project=two)).project == "/song/two"
    assert regenerate(spec, SONG).project == "/song/one"


def test_one_stem_gets_another_seed_in_its_place_and_the_piece_keeps_its_own() -> None:
    spec = request(seed=7)
    again = regenerate(spec, replace(SONG, position=40.0), stem="bass")
    assert set(again.block["stem_seeds"]) == {"bass"}
    assert {name: value for name, value in again.block.items() if name != "stem_seeds"} == spec.block
    assert again.origin == spec.origin | {"stem_seeds": "user"}
    faster = regenerate(spec, replace(SONG, tempo=140.0), stem="bass")
    assert (faster.block["tempo"], faster.block["seed"]) == (140.0, 7)


def test_a_job_of_an_earlier_companion_takes_what_the_session_says_now() -> None:
    old = replace(request(), song={}, follows="")
    moved = regenerate(old, replace(SONG, tempo=140.0, position=40.0))
    assert (moved.block["tempo"], moved.start_beat) == (140.0, 12.0)
    assert JobSpec.from_json(old.to_json()) == old


@given(
    tempo=st.none() | st.floats(20, 400),
    meter=st.none() | st.builds(Meter, st.integers(1, 16), st.sampled_from([2, 4, 8])),
    position=st.none() | st.floats(0, 1000),
)
def test_it_is_what_would_have_been_requested_now(
    tempo: float | None, meter: Meter | None, position: float | None
) -> None:
    """The oracle: the same words said for the first time in the session of now."""
    now = SessionState(tempo=tempo, meter=meter, key=SONG.key, position=position)
    again = regenerate(request(bars=2, seed=7), now, Trigger({"seed": 7}))
    said = replace(
        now,
        tempo=SONG.tempo if tempo is None else tempo,
        meter=meter or SONG.meter,
        position=SONG.position if position is None else position,
    )
    fresh = request(said, bars=2, seed=7)
    assert (again.block, again.start_beat, again.prompt) == (fresh.block, fresh.start_beat, fresh.prompt)
