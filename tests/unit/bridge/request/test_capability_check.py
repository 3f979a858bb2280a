"""Every key of the block with every engine: it reaches the engine, or one sentence says why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import soundfile

from bridge.request.block import SPEC, check_block
from bridge.request.capability_check import capability_notices
from bridge.request.genre_map.genre_map import GenreMap
from bridge.request.job_spec import JobSpec
from bridge.request.layers import Layers
from bridge.request.presets.presets import Presets
from bridge.request.resolve import Resolver
from bridge.request.session_state import SessionState
from bridge.request.trigger import Trigger
from engine.capability import Support
from engine.contract import ENGINES
from engine.errors import StemBridgeError
from engine.models.catalogue import find_entry
from engine.models.installed_models import ModelStore, record_of
from engine.origin import Origin
from engine.registry import SKETCH, ace_step_info, choose
from engine.remote.address import RemoteAddress
from tests.helpers.sketch_wishes import write_midi

SAMPLES: dict[str, object] = {
    "genres": "slow funk",
    "lyrics": "[Verse]\nwords to sing",
    "lyrics_strength": 2.0,
    "output_seconds": 20,
    "shift": 2.0,
    "pitch_shift": 3.0,
    "seed": 5,
    "steps": 12,
    "cfg": 6.0,
    "base64": True,
    "bars": 4.0,
    "ending": "end",
    "tempo": 90.0,
    "time_signature": "3/4",
    "key": "E minor",
    "tempo_map": [{"beat": 0.0, "bpm": 100.0, "ramp": True}, {"beat": 8.0, "bpm": 140.0, "ramp": False}],
    "meter_map": [{"bar": 0, "time_signature": "4/4"}, {"bar": 2, "time_signature": "3/4"}],
    "language": "en",
    "stems": ["drums", "bass"],
    "task": "repaint",
    "source_audio": "FOLDER/source.wav",
    "reference_audio": "FOLDER/source.wav",
    "region": [0.2, 0.6],
    "audio_codes": "<|audio_code_7|>",
    "lora": "FOLDER/mine.safetensors",
    "lora_strength": 0.5,
    "chords": "Em C G D",
    "stem_seeds": {"bass": 7},
    "midi_part": {"stem": "bass", "file": "FOLDER/bass.mid"},
    "variations": 2,
    "preset": "Polka",
    "engine": "auto",
    "model": "auto",
    "sample_rate": 44_100,
    "bit_depth": "16",
}
"""One valid value of each key that is not its default; a new key needs one here."""
KEPT_BY_ALL = {"genres", "output_seconds", "pitch_shift", "seed", "base64", "bars", "ending", "tempo", "tempo_map"}
KEPT_BY_ALL |= {"time_signature", "key", "stems", "variations", "preset", "engine", "model"}
KEPT_BY_ALL |= {"sample_rate", "bit_depth"}
NOT_KEPT = {
    "sketch": set(SPEC) - KEPT_BY_ALL - {"meter_map", "chords", "stem_seeds", "midi_part"},
    "ace-step": {"chords", "stem_seeds", "midi_part", "meter_map", "cfg", "source_audio", "region", "task"}
    | {"lyrics_strength", "language", "lora_strength"},
    "remote": {"midi_part", "lora", "task"},
}
"""Keys that, asked for alone, are told or refused."""


class Desk(NamedTuple):
    """A resolver with every engine at hand, and the folder with the files that `SAMPLES` names."""

    resolver: Resolver
    folder: Path
    models_dir: Path

    def resolve(self, **block: object) -> JobSpec:
        text = json.dumps({"genres": "funk", "tempo": 100.0, **block}).replace("FOLDER", self.folder.as_posix())
        return self.resolver.resolve(Trigger(check_block(json.loads(text)), 0.0), SessionState())


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("caps")
    soundfile.write(folder / "source.wav", np.zeros((48_000, 2), np.float32), 48_000)
    (folder / "mine.safetensors").write_bytes(b"")
    write_midi(folder / "bass.mid", [(0.0, 1.0, 40)])
    (folder / "presets").mkdir()
    (folder / "presets" / "Polka.json").write_text('{"genres": "polka"}')
    store = ModelStore(folder / "models")
    with store.working_on("ace-step-2b-turbo"):
        store.install(record_of(find_entry("ace-step-2b-turbo"), (), "a test"))
    address = RemoteAddress.parse("http://studio.local:9125")
    resolver = Resolver(
        Presets(folder / "presets"), GenreMap(folder / "map.toml"), store.folder, find_remote=lambda: address
    )
    return Desk(resolver, folder, store.folder)


def about(notices: list[str], name: str) -> list[str]:
    """Return the notices that name a key, as the block or as a musician does."""
    words = (name, name.replace("_", " "), name.removesuffix("_map"))
    return [one for one in notices if any(word in one for word in words)]


def plain(desk: Desk, engine: str) -> list[str]:
    return desk.resolve(engine=engine, key="C major", time_signature="4/4", bars=8).notices


@pytest.mark.parametrize("engine", ENGINES)
def test_every_key_of_the_block_is_in_the_table_of_every_engine(desk: Desk, engine: str) -> None:
    info = choose(engine, desk.models_dir, lambda: RemoteAddress.parse("http://studio.local:9125"))
    assert set(info.capabilities) == set(SPEC) == set(SAMPLES)
    for name, one in info.capabilities.items():
        assert bool(one.within) == (one.support is Support.WITHIN), name
        assert bool(one.why) == (one.support is Support.IGNORED), name


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", SPEC)
def test_a_key_that_is_given_reaches_the_engine_or_one_sentence_says_why_not(
    desk: Desk, engine: str, name: str
) -> None:
    before = plain(desk, engine)
    length = {} if name == "output_seconds" else {"bars": 8}
    block = {"key": "C major", "time_signature": "4/4", **length, "engine": engine, name: SAMPLES[name]}
    if name == "engine":
        block[name] = engine
    if name == "meter_map":
        del block["time_signature"]
    refused = ""
    try:
        spec = desk.resolve(**block)
    except StemBridgeError as error:
        refused = str(error)
    if refused:
        assert name in NOT_KEPT[engine], refused
        assert name in refused
        # A task that the engine knows is refused for the source that it lacks.
        assert any(word in refused for word in (*ENGINES, "source_audio"))
        return
    told = [one for one in spec.notices if one not in before and not one.startswith("Asked for")]
    if name in NOT_KEPT[engine]:
        assert len(told) == 1 == len(about(told, name)), told
    else:
        assert told == []
    assert spec.base64 if name == "base64" else name in spec.generation_request().block


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_is_told_of_what_nobody_asked_for(desk: Desk, engine: str) -> None:
    assert plain(desk, engine) == []
    defaults = {"steps": 50, "cfg": 4.0, "shift": 4.0, "output_seconds": 60}
    trigger = Trigger({"genres": "funk", "tempo": 100.0, "key": "C", "engine": engine}, 0.0, defaults=defaults)
    quiet = desk.resolver.resolve(trigger, SessionState()).notices
    assert not any(about(quiet, name) for name in ("steps", "cfg", "shift"))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", SPEC)
def test_a_default_or_an_absurd_value_is_not_told_of(desk: Desk, engine: str, name: str) -> None:
    with pytest.raises(StemBridgeError, match=name):
        desk.resolve(**{"engine": engine, name: [[{"absurd": {}}]]})
    if (default := SPEC[name].default) is not None and name not in ("genres", "engine", "key"):
        assert desk.resolve(**{"engine": engine, "key": "C major", name: default}).notices == []


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"time_signature": "7/8"}, "time signature 7/8"),
        ({"time_signature": "5/4"}, "time signature 5/4"),
        ({"key": "B locrian"}, "key B locrian"),
        ({"steps": 40}, "instead of 40"),
        ({"shift": 4.0}, "3 instead of 4"),
        ({"cfg": 7.0}, "guidance built in"),
    ],
)
def test_values_outside_what_the_model_knows_are_told(desk: Desk, block: dict[str, object], words: str) -> None:
    said = {"key": "C major", "time_signature": "4/4", "bars": 8, **block}
    (notice,) = desk.resolve(engine="ace-step", **said).notices
    assert words in notice
    assert not any(words in one for one in desk.resolve(engine="sketch", **said).notices)


def test_keys_that_act_on_another_one_are_kept_beside_it(desk: Desk) -> None:
    both = {"lyrics": "la la", "lyrics_strength": 2.0, "language": "en", "lora": "FOLDER/mine.safetensors"}
    spec = desk.resolve(engine="ace-step", key="C major", lora_strength=0.5, **both)
    assert spec.notices == []
    spec = desk.resolve(
        engine="ace-step", key="C major", task="repaint", source_audio="FOLDER/source.wav", region=[0, 0.5]
    )
    assert spec.notices == []


@pytest.mark.parametrize(
    ("model", "block", "count"),
    [
        ("ace-step-xl-turbo", {"steps": 8}, 0),
        ("ace-step-xl-turbo", {"steps": 20, "shift": 2.0}, 0),
        ("ace-step-xl-turbo", {"steps": 21}, 1),
        ("ace-step-xl-turbo", {"steps": 60, "cfg": 7.0, "shift": 4.0}, 3),
        ("ace-step-xl-base", {"steps": 60, "cfg": 7.0, "shift": 4.0}, 0),
        ("auto", {"steps": 60}, 0),
    ],
)
def test_one_sentence_for_each_value_that_will_run_otherwise(
    tmp_path: Path, model: str, block: dict[str, object], count: int
) -> None:
    said = Layers().over({"model": model, **block}, Origin.USER)
    notices = capability_notices(ace_step_info(), said, tmp_path)
    assert len(notices) == count
    assert all(model in notice for notice in notices)
    assert len(capability_notices(SKETCH, said, tmp_path)) == len(block)


def test_what_nobody_asked_for_is_not_told(tmp_path: Path) -> None:
    said = Layers().over({"model": "ace-step-xl-turbo", "steps": 50, "shift": 4.0}, Origin.DEFAULT)
    assert capability_notices(ace_step_info(), said, tmp_path) == []
