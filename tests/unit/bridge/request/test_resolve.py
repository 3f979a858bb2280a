"""Precedence: defaults < words in genres < preset < client's block < DAW's state < the request's own keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bridge.request.block import check_block
from bridge.request.genre_map.genre_map import GenreMap
from bridge.request.job_spec import JobSpec
from bridge.request.presets.presets import Presets, apply_preset
from bridge.request.resolve import MAX_LENGTH_S, MIN_LENGTH_S, NoGenres, Resolver
from bridge.request.session_state import SessionState
from bridge.request.trigger import Trigger
from engine.errors import EngineUnavailable, InvalidValue
from engine.music import Key, Meter, TempoMap
from engine.music.meter import DENOMINATORS
from engine.origin import Origin
from tests.helpers.ableton.als_files import START, write_als

Resolve = Callable[..., JobSpec]

PRESET = {"genres": "polka, 150 BPM", "tempo": 151, "key": "B", "time_signature": "3/8", "steps": 60, "cfg": 6}
RAMP = [{"beat": 0.0, "bpm": 100.0, "ramp": True}, {"beat": 8.0, "bpm": 140.0, "ramp": False}]


@pytest.fixture(scope="module")
def presets(tmp_path_factory: pytest.TempPathFactory) -> Presets:
    folder = tmp_path_factory.mktemp("presets")
    (folder / "Polka.json").write_text(json.dumps(PRESET))
    return Presets(folder)


@pytest.fixture(scope="module")
def resolver(presets: Presets, tmp_path_factory: pytest.TempPathFactory) -> Resolver:
    return Resolver(presets, GenreMap(tmp_path_factory.mktemp("map") / "none.toml"))


@pytest.fixture
def resolve(resolver: Resolver) -> Resolve:
    """Resolves a trigger with the keys given, on the state given."""

    def resolve_one(state: SessionState | None = None, whole_bars: bool = True, **own: object) -> JobSpec:
        return resolver.resolve(Trigger(check_block(own), whole_bars=whole_bars), state or SessionState())

    return resolve_one


def state_of(block: dict[str, object] | None = None, **fields: object) -> SessionState:
    state = SessionState(**fields)  # type: ignore[arg-type]
    state.block = check_block(block or {})
    return state


def test_a_request_is_complete_and_json() -> None:
    spec = Resolver(Presets(Path("/none")), GenreMap(Path("/none"))).resolve(
        Trigger({"genres": "funk"}), SessionState()
    )
    assert set(spec.block) == {"genres", "tempo", "time_signature", "bars", "ending", "engine", "model", "seed"}
    assert (spec.block["tempo"], spec.block["time_signature"], spec.key) == (104.0, "4/4", None)
    assert (spec.engine, spec.block["engine"], spec.block["model"]) == ("sketch", "sketch", "sketch-1")
    assert "base64" not in spec.block
    assert JobSpec.from_json(spec.to_json()) == spec


LEVELS = ["words", "preset", "client", "daw", "own"]
TEMPOS = dict(zip(LEVELS, [90.0, 151.0, 92.0, 93.0, 94.0], strict=True))
METERS = dict(zip(LEVELS, ["5/4", "3/8", "7/8", "6/8", "12/8"], strict=True))
KEYS = dict(zip(LEVELS, ["A minor", "B major", "C minor", "D minor", "E minor"], strict=True))


@pytest.mark.parametrize("strongest", range(len(LEVELS)))
def test_of_tempo_meter_and_key_the_strongest_source_counts(
    resolve: Resolve, presets: Presets, strongest: int
) -> None:
    levels = LEVELS[: strongest + 1]
    level = levels[-1]
    state = SessionState()
    if "preset" in levels:
        state.block = apply_preset(state.block, presets.get("polka"))
    state.block["genres"] = "funk, 90 BPM, A minor, 5/4"
    if "client" in levels:
        client = {"tempo": TEMPOS["client"], "time_signature": METERS["client"], "key": KEYS["client"]}
        state.block |= check_block(client)
    if "daw" in levels:
        state.tempo, state.meter, state.key = TEMPOS["daw"], Meter.parse(METERS["daw"]), Key.parse(KEYS["daw"])
    own = {"tempo": TEMPOS["own"], "time_signature": METERS["own"], "key": KEYS["own"]} if "own" in levels else {}
    spec = resolve(state, **own)
    assert (spec.block["tempo"], spec.block["time_signature"], spec.block["key"]) == (
        TEMPOS[level],
        METERS[level],
        KEYS[level],
    )
    assert spec.block["genres"] == f"funk, {TEMPOS[level]:g} BPM, {KEYS[level]}, {METERS[level]}"


def test_of_other_keys_the_strongest_source_counts(resolve: Resolve) -> None:
    assert "steps" not in resolve(genres="funk").block
    assert resolve(preset="Polka").block["steps"] == 60
    assert resolve(state_of({"steps": 70, "genres": "funk"})).block["steps"] == 70
    assert resolve(state_of({"steps": 70, "genres": "funk"}), steps=80).block["steps"] == 80
    assert resolve(preset="Polka", steps=80).block["steps"] == 80


def test_a_preset_of_the_request_lies_over_the_clients_block_and_under_the_daw(resolve: Resolve) -> None:
    spec = resolve(state_of({"steps": 70, "cfg": 2, "seed": 4}, tempo=93.0), preset="polka")
    assert (spec.block["steps"], spec.block["cfg"], spec.block["seed"]) == (60, 6.0, 4)
    assert spec.block["tempo"] == 93.0
    assert spec.block["genres"] == "polka, 93 BPM"


def test_an_unknown_preset_is_refused(resolve: Resolve) -> None:
    with pytest.raises(InvalidValue, match="preset"):
        resolve(genres="funk", preset="Tango")


@pytest.mark.parametrize(
    ("own", "daw_map", "client", "expected"),
    [
        ({"tempo_map": RAMP}, None, {}, RAMP),
        ({"tempo_map": RAMP, "tempo": 99}, None, {}, RAMP),
        ({"tempo": 99}, RAMP, {}, []),
        ({}, RAMP, {}, RAMP),
        ({}, RAMP, {"tempo": 99}, RAMP),
        ({}, None, {"tempo_map": RAMP}, RAMP),
        ({"tempo_map": []}, None, {"tempo": 99}, []),
    ],
)
def test_which_tempo_map_holds(
    resolve: Resolve, own: dict[str, object], daw_map: object, client: dict[str, object], expected: object
) -> None:
    state = state_of({"genres": "funk", **client}, tempo_map=TempoMap.parse(daw_map) if daw_map else None)
    spec = resolve(state, **own)
    assert spec.block.get("tempo_map", []) == expected
    assert spec.block["tempo"] == (100.0 if expected else 99.0)


def test_a_map_of_one_point_is_a_plain_tempo(resolve: Resolve) -> None:
    spec = resolve(genres="funk", tempo_map=[{"beat": 0, "bpm": 97.6}])
    assert (spec.block["tempo"], "tempo_map" in spec.block) == (97.6, False)


@pytest.mark.parametrize(
    ("own", "whole_bars", "bars"),
    [
        ({}, True, 8.0),
        ({"bars": 3}, True, 3.0),
        ({"bars": 1.5}, False, 1.5),
        ({"bars": 3, "output_seconds": 20}, True, 3.0),
        ({"output_seconds": 11}, True, 6.0),  # 5.5 bars: the nearest whole ones, ties to even
        ({"output_seconds": 11}, False, 5.5),
        ({"output_seconds": 10, "time_signature": "32/1"}, True, 1.0),  # less than one bar is one
        ({"output_seconds": 20, "tempo": 97.6}, True, 8.0),
        ({"output_seconds": 10, "tempo_map": RAMP}, False, None),
    ],
)
def test_lengths_in_bars(resolve: Resolve, own: dict[str, object], whole_bars: bool, bars: float | None) -> None:
    spec = resolve(whole_bars=whole_bars, genres="funk, 120 BPM", **own)
    if bars is None:
        assert spec.tempo_map.seconds(spec.length_beats) == pytest.approx(10, abs=1e-9)
    else:
        assert spec.block["bars"] == bars


def test_a_length_in_seconds_that_changes_is_told_and_ends(resolve: Resolve) -> None:
    spec = resolve(genres="funk", tempo=118, output_seconds=12)
    assert (spec.block["bars"], spec.block["ending"]) == (6.0, "end")
    told = "Asked for 12 s; made 6 bars of 4/4, 12.203 s, so that it ends on a bar line."
    assert told in spec.notices
    for kept in (
        resolve(whole_bars=False, genres="funk", tempo=118, output_seconds=12),
        resolve(genres="funk", bars=6),
    ):
        assert not any("Asked for" in notice for notice in kept.notices)


def test_a_request_again_in_the_song_of_now_keeps_its_ending(resolver: Resolver, resolve: Resolve) -> None:
    spec = resolve(state_of(tempo=118.0), genres="funk", output_seconds=12)
    again = resolver.regenerate(spec, state_of(tempo=100.0), Trigger({}))
    assert (again.block["bars"], again.block["ending"]) == (5.0, "end")


def test_a_newer_length_in_seconds_ends_an_older_one_in_bars(resolve: Resolve) -> None:
    assert resolve(state_of({"bars": 4, "genres": "funk, 120 BPM"}), output_seconds=20).block["bars"] == 10.0
    assert resolve(state_of({"output_seconds": 20, "genres": "funk"}), bars=4).block["bars"] == 4.0
    assert "output_seconds" not in resolve(genres="funk", bars=4).block


@pytest.mark.parametrize(
    "own",
    [
        {"bars": 10_000},
        {"bars": 301, "tempo": 120},
        {"bars": 0.001},
        {"bars": 0.05, "tempo": 400, "time_signature": "1/32"},
    ],
)
def test_too_short_and_too_long_is_refused_by_name(resolve: Resolve, own: dict[str, object]) -> None:
    with pytest.raises(InvalidValue, match=r"length must be 0\.1–600 seconds"):
        resolve(genres="funk", **own)


def test_the_longest_is_taken(resolve: Resolve) -> None:
    spec = resolve(genres="funk", bars=300, tempo=120)
    assert spec.tempo_map.seconds(spec.length_beats) == MAX_LENGTH_S


@settings(max_examples=60, deadline=None)
@given(
    bpm=st.floats(20, 400),
    numerator=st.integers(1, 32),
    denominator=st.sampled_from(DENOMINATORS),
    bars=st.floats(0, 300, exclude_min=True) | st.floats(0, 10_000, exclude_min=True),
)
def test_every_request_that_is_taken_has_its_exact_length(
    resolver: Resolver, bpm: float, numerator: int, denominator: int, bars: float
) -> None:
    meter = f"{numerator}/{denominator}"
    seconds = Fraction(bars) * numerator * 4 / denominator * 60 / Fraction(repr(bpm))
    own = check_block({"genres": "funk", "tempo": bpm, "time_signature": meter, "bars": bars})
    inside = MIN_LENGTH_S * 1.000001 < seconds < MAX_LENGTH_S * 0.999999
    assume(inside or not MIN_LENGTH_S * 0.999999 < seconds < MAX_LENGTH_S * 1.000001)
    if not inside:
        with pytest.raises(InvalidValue, match="length"):
            resolver.resolve(Trigger(own), SessionState())
        return
    spec = resolver.resolve(Trigger(own), SessionState())
    assert spec.frames == round(seconds * 48_000) == spec.generation_request().frames
    assert spec.block["tempo"] == bpm


def test_without_genres_the_tempo_and_key_map_is_asked_and_says_so(resolve: Resolve) -> None:
    spec = resolve(state_of(tempo=97.6, key=Key("E", "minor")))
    assert spec.block["genres"]
    (notice,) = spec.notices
    assert spec.block["genres"] in notice
    assert "97.6 BPM" in spec.prompt
    assert "E minor" in spec.prompt
    assert resolve(state_of(key=Key("E", "minor"))).block["genres"]
    assert resolve(genres="  ", tempo=60).block["genres"].strip()


def test_nothing_said_is_a_request_too_and_says_what_was_chosen(resolve: Resolve) -> None:
    spec = resolve()
    assert spec.block["genres"]
    assert spec.block["genres"] in spec.notices[0]
    assert f"{spec.block['tempo']:g} BPM" in spec.notices[1]
    assert resolve(state_of(meter=Meter(7, 8)), bars=4, genres=" ").block["time_signature"] == "7/8"


def test_a_door_that_documents_genres_as_required_asks_for_them(resolver: Resolver) -> None:
    with pytest.raises(NoGenres, match="genres are missing"):
        resolver.resolve(Trigger({}, needs_genres=True), SessionState())
    assert resolver.resolve(Trigger({}, needs_genres=True), state_of(tempo=97.6)).block["genres"]


@pytest.mark.parametrize(
    ("own", "named"),
    [
        ({"stems": ["drums", "kazoo"]}, "kazoo"),
        ({"task": "repaint"}, "repaint"),
        ({"model": "xl"}, "xl"),
    ],
)
def test_what_the_engine_cannot_do_is_refused_now(resolve: Resolve, own: dict[str, object], named: str) -> None:
    with pytest.raises(InvalidValue, match=named):
        resolve(genres="funk", **own)


def test_an_engine_that_is_not_here_says_what_to_do(resolve: Resolve) -> None:
    with pytest.raises(EngineUnavailable, match="not ready here"):
        resolve(genres="funk", engine="ace-step")


def test_place_project_and_daw_are_those_of_the_trigger_and_its_client(resolver: Resolver) -> None:
    state = SessionState(daw="REAPER", project=Path("/song"), position=5.5)
    playhead = resolver.resolve(Trigger({"genres": "funk"}), state)
    assert (playhead.start_beat, playhead.start_seconds, playhead.project, playhead.daw) == (
        5.5,
        None,
        "/song",
        "REAPER",
    )
    placed = resolver.resolve(Trigger({"genres": "funk"}, 0.0, 1.25, into="/out"), state)
    assert (placed.start_beat, placed.start_seconds, placed.into) == (0.0, 1.25, "/out")


def test_seeds_are_random_unless_given_and_reported(resolve: Resolve) -> None:
    seeds = {resolve(genres="funk").block["seed"] for _ in range(8)}
    assert len(seeds) > 1
    assert all(isinstance(seed, int) and 0 <= seed < 2**32 for seed in seeds)
    assert resolve(genres="funk", seed=0).block["seed"] == 0


def test_a_regeneration_differs_in_its_seed_alone(resolver: Resolver, resolve: Resolve) -> None:
    state = state_of({"steps": 70}, tempo=93.0)
    spec = resolve(state, genres="funk", seed=7)
    again = resolver.regenerate(spec, state, Trigger({}))
    assert again.block["seed"] != 7
    assert again.with_block({"seed": 7}, Origin.USER) == spec


def test_a_stem_made_anew_differs_in_its_own_seed_alone_and_goes_to_the_end(
    resolver: Resolver, resolve: Resolve
) -> None:
    spec = resolve(genres="funk", seed=7, stem_seeds={"bass": 1, "lead": 2})
    again = resolver.regenerate(spec, SessionState(), Trigger({}), "bass")
    assert list(again.block["stem_seeds"]) == ["lead", "bass"]
    assert again.block["stem_seeds"]["lead"] == 2
    assert again.block["stem_seeds"]["bass"] != 1
    assert again.with_block({"stem_seeds": spec.block["stem_seeds"]}, Origin.USER) == spec


@pytest.mark.parametrize(
    ("engine", "stem", "named"), [("ace-step", "bass", "ace-step"), ("sketch", "vocals", "vocals")]
)
def test_a_stem_that_cannot_be_made_anew_is_refused(
    resolver: Resolver, resolve: Resolve, engine: str, stem: str, named: str
) -> None:
    spec = replace(resolve(genres="funk"), engine=engine)
    with pytest.raises(InvalidValue, match=named):
        resolver.regenerate(spec, SessionState(), Trigger({}), stem)


def test_the_clients_state_is_left_as_it_was(resolve: Resolve) -> None:
    state = state_of({"genres": "funk", "steps": 70}, tempo=93.0, key=Key("E", "minor"))
    before = repr(state)
    resolve(state, preset="Polka", tempo=150, bars=2)
    assert repr(state) == before


def test_the_engines_view_has_the_same_values(resolve: Resolve) -> None:
    request = resolve(
        genres="funk",
        tempo=120,
        key="F#m",
        time_signature="7/8",
        bars=4,
        stems=["bass", "drums"],
        seed=9,
        pitch_shift=-2,
    ).generation_request()
    assert (request.key, request.meter, request.length_beats) == (Key("F#", "minor"), Meter(7, 8), Fraction(14))
    assert (request.stems, request.seed, request.pitch_shift_semitones) == (("bass", "drums"), 9, -2.0)
    assert request.frames == round(14 * 60 / 120 * 48_000)
    assert resolve(genres="funk").generation_request().stems == ()


def test_a_loop_gives_start_and_length_if_nothing_else_does(resolver: Resolver) -> None:
    state = state_of({"genres": "funk"}, meter=Meter(7, 8), position=40.0, loop=(8.0, 14.0))

    def place(start_beat: float | None = None, **own: object) -> tuple[object, float]:
        spec = resolver.resolve(Trigger(check_block(own), start_beat), state)
        return spec.block["bars"], spec.start_beat

    assert place() == (4.0, 8.0)
    assert place(bars=2) == (2, 40.0)
    assert place(start_beat=3.0) == (8.0, 3.0)
    state.block["bars"] = 6
    assert place() == (6, 40.0)


def test_the_projects_saved_live_set_counts_as_long_as_no_daw_has_sent_any(resolve: Resolve, tmp_path: Path) -> None:
    write_als(tmp_path / "song.als", tempo=97.6, meter=303, root=2, scale=2)
    spec = resolve(state_of(project=tmp_path), genres="funk, 128 BPM")
    assert (spec.block["tempo"], spec.block["time_signature"], spec.block["key"]) == (97.6, "7/8", "D dorian")
    assert spec.notices == ["Tempo, meter and key are those of song.als as it was last saved."]
    assert "128" not in str(spec.block["genres"])
    assert resolve(state_of(project=tmp_path), genres="funk", tempo=80).block["tempo"] == 80


@pytest.mark.parametrize("given_state", [{"daw": "Ableton Live"}, {"tempo": 120.0}, {"meter": Meter(4, 4)}])
def test_a_daw_that_has_spoken_wins_over_the_saved_set(
    resolve: Resolve, tmp_path: Path, given_state: dict[str, object]
) -> None:
    write_als(tmp_path / "song.als", tempo=97.6)
    assert resolve(state_of(project=tmp_path, **given_state), genres="funk, 120 BPM").block["tempo"] == 120


def test_the_saved_sets_automation_is_the_tempo_map_from_the_start_on(resolver: Resolver, tmp_path: Path) -> None:
    write_als(tmp_path / "song.als", tempo=60, tempo_events=[(START, 60), (8, 60), (8, 120)])
    spec = resolver.resolve(Trigger({"genres": "funk", "bars": 2}, start_beat=4.0), state_of(project=tmp_path))
    assert [(point["beat"], point["bpm"]) for point in spec.block["tempo_map"]] == [(0.0, 60.0), (4.0, 120.0)]


def test_a_broken_set_is_a_notice_and_stops_nothing(resolve: Resolve, tmp_path: Path) -> None:
    (tmp_path / "song.als").write_bytes(b"junk")
    spec = resolve(state_of(project=tmp_path), genres="funk")
    assert spec.block["tempo"] == 104
    assert "song.als" in spec.notices[0]
