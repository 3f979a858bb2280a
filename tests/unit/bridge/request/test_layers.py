"""Layers and their origins: a table of source × key, and what an empty or a filled-in value leaves behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.request.block import check_block
from bridge.request.genre_map.genre_map import GenreMap
from bridge.request.layers import Layers, complete_block
from bridge.request.presets.presets import Presets
from bridge.request.resolve import Resolver
from bridge.request.session_state import SessionState
from bridge.request.trigger import Trigger
from engine.music import Key, Meter
from engine.origin import Origin
from engine.registry import SKETCH
from tests.helpers.ableton.als_files import write_als

RESOLVER = Resolver(Presets(Path("/none")), GenreMap(Path("/none")))
RATE = {"sample_rate": Origin.DAW}
OWN = {"tempo": 97.6, "time_signature": "7/8", "key": "E minor"}


def daw() -> SessionState:
    return SessionState(daw="REAPER", tempo=97.6, meter=Meter(7, 8), key=Key("E", "minor"))


def by_hand() -> SessionState:
    state = SessionState(daw="REAPER", tempo=120.0, meter=Meter(4, 4))
    state.merge(check_block(OWN))
    return state


def script() -> SessionState:
    return SessionState(tempo=97.6, meter=Meter(7, 8), key=Key("E", "minor"))


def preset() -> SessionState:
    return SessionState(block=dict(check_block(OWN)), block_origin=dict.fromkeys(OWN, Origin.PRESET))


@pytest.mark.parametrize(
    ("state", "block", "origin"),
    [
        (SessionState(), OWN, Origin.USER),
        (script(), {}, Origin.USER),
        (by_hand(), {}, Origin.USER),
        (daw(), {}, Origin.DAW),
        (daw(), {"tempo": 97.6, "time_signature": "7/8", "key": "Em"}, Origin.USER),
        (preset(), {}, Origin.PRESET),
        (SessionState(), {"genres": "funk, 97.6 BPM, E minor, 7/8"}, Origin.USER),
    ],
)
def test_tempo_meter_and_key_have_their_value_and_their_origin(
    state: SessionState, block: dict[str, object], origin: Origin
) -> None:
    spec = RESOLVER.resolve(Trigger(check_block({"genres": "funk", **block})), state)
    assert {name: spec.block[name] for name in OWN} == OWN
    assert {name: spec.origin[name] for name in OWN} == dict.fromkeys(OWN, str(origin))


def test_the_saved_sets_values_are_its_own(tmp_path: Path) -> None:
    write_als(tmp_path / "song.als", tempo=97.6, meter=303, root=2, scale=2)
    spec = RESOLVER.resolve(Trigger({"genres": "funk"}), SessionState(project=tmp_path))
    assert {name: spec.origin[name] for name in OWN} == dict.fromkeys(OWN, "saved set")


@pytest.mark.parametrize(
    ("name", "state", "trigger", "value", "origin"),
    [
        ("steps", SessionState(), Trigger({}), None, None),
        ("steps", SessionState(block={"steps": 70}), Trigger({}), 70, "user"),
        ("steps", SessionState(block={"steps": 70}), Trigger({"steps": 80}), 80, "user"),
        ("steps", SessionState(block={"steps": 70}), Trigger({}, defaults={"steps": 50}), 70, "user"),
        ("cfg", SessionState(), Trigger({"preset": "Fast Prototyping"}), 5, "preset"),
        ("sample_rate", SessionState(), Trigger({"sample_rate": 8000}, origin=RATE), 8000, "daw"),
        ("bars", SessionState(), Trigger({}), 8.0, "default"),
        ("bars", SessionState(), Trigger({"genres": "slow blues"}), 12.0, "style"),
        ("bars", SessionState(daw="Live", loop=(0.0, 16.0)), Trigger({}), 4.0, "daw"),
        ("bars", SessionState(), Trigger({"bars": 3.0}), 3.0, "user"),
        ("tempo", SessionState(), Trigger({"genres": "drum and bass"}), 174.0, "style"),
        ("time_signature", SessionState(), Trigger({"genres": "waltz"}), "3/4", "style"),
        ("seed", SessionState(), Trigger({"seed": 7}), 7, "user"),
        ("engine", SessionState(block={"engine": "auto"}), Trigger({}), "sketch", "default"),
        ("engine", SessionState(), Trigger({"engine": "sketch"}), "sketch", "user"),
        ("key", SessionState(), Trigger({"key": ""}), None, None),
        ("lyrics", SessionState(block={"lyrics": "la"}), Trigger({"lyrics": ""}), None, None),
    ],
)  # fmt: skip
def test_every_value_has_its_source(
    name: str, state: SessionState, trigger: Trigger, value: object, origin: str | None
) -> None:
    block = {"genres": "funk", **trigger.block}
    spec = RESOLVER.resolve(Trigger(block, defaults=trigger.defaults, origin=trigger.origin), state)
    assert (spec.block.get(name), spec.origin.get(name)) == (value, origin)
    assert set(spec.origin) == set(spec.block)


def test_genres_of_the_map_are_nobodys() -> None:
    assert RESOLVER.resolve(Trigger({}), SessionState()).origin["genres"] == "default"


def test_a_request_is_left_without_what_its_engine_or_its_length_does_not_use() -> None:
    door = {"steps": 50, "output_seconds": 60}
    said = Layers().over(door, Origin.DEFAULT).over({"cfg": 4.0, "lora": ""}, Origin.USER)
    assert set(complete_block(said, SKETCH, {}, {})) == {"cfg", "output_seconds"}
    assert set(complete_block(said.over({"bars": 2.0}, Origin.USER), SKETCH, {}, {})) == {"cfg", "bars"}


def test_a_newer_length_removes_an_older_one_with_its_origin() -> None:
    layers = Layers().over({"bars": 4.0}, Origin.DAW).over({"output_seconds": 20}, {}, Origin.PRESET)
    assert layers.origin == {"output_seconds": Origin.PRESET}


def test_a_drum_and_bass_without_a_tempo_says_where_its_tempo_is_from() -> None:
    spec = RESOLVER.resolve(Trigger({"genres": "drum and bass"}), SessionState())
    assert spec.notices == ["Nobody said otherwise: 174 BPM, as is usual in drum and bass."]
    told = RESOLVER.resolve(Trigger({"genres": "drum and bass", "tempo": 120}), SessionState())
    assert told.notices == [
        "120 BPM is far from home: drum and bass is usually 158–184 BPM, so it is felt in double time."
    ]
    assert RESOLVER.resolve(Trigger({"genres": "drum and bass", "tempo": 170}), SessionState()).notices == []
