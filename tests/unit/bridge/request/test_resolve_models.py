"""Requests for the neural engine's models, resolved where some of them are installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.home.folders import Folders
from bridge.request.genre_map.genre_map import GenreMap
from bridge.request.job_spec import JobSpec
from bridge.request.presets.presets import Presets
from bridge.request.resolve import Resolver
from bridge.request.session_state import SessionState
from bridge.request.trigger import Trigger
from engine.errors import EngineUnavailable, InvalidValue
from engine.models.catalogue import find_entry
from engine.models.installed_models import ModelStore, record_of

OWN_MODEL = """
[my-base]
label = "My own base"
kind = "music"
repository = "me/my-base"
revision = "main"
layout = "diffusers"
files = ["*/*.safetensors"]
size = 5
licence = "MIT"
parameters = 5
tasks = ["text2music"]
steps = { default = 50, max = 150 }
cfg = 7
shift = { default = 1.0, min = 1.0, max = 5.0 }
weights = { transformer = 1, encoders = 1, text_encoder = 1, vae = 1 }
"""


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    """A models' folder with the record of the 2B turbo model; resolving reads no weights."""
    store = ModelStore(tmp_path / "models")
    with store.working_on("ace-step-2b-turbo"):
        store.install(record_of(find_entry("ace-step-2b-turbo"), (), "a test"))
    return store.folder


def resolve(folder: Path, models_dir: Path | None, **block: object) -> JobSpec:
    resolver = Resolver(Presets(folder / "presets"), GenreMap(folder / "map.toml"), models_dir)
    return resolver.resolve(Trigger({"genres": "funk", "tempo": 97.6, **block}, 0.0), SessionState())


def test_with_a_model_installed_auto_is_ace_step_which_picks_the_model(tmp_path: Path, models_dir: Path) -> None:
    spec = resolve(tmp_path, models_dir)
    assert (spec.engine, spec.block["model"]) == ("ace-step", "auto")
    assert resolve(tmp_path, models_dir, model="auto").block["model"] == "auto"
    assert resolve(tmp_path, None).engine == "sketch"


def test_a_model_is_taken_by_name(tmp_path: Path, models_dir: Path) -> None:
    source = tmp_path / "source.wav"
    source.touch()
    spec = resolve(tmp_path, models_dir, model="ace-step-2b-turbo", task="repaint", source_audio=str(source))
    assert spec.block["model"] == "ace-step-2b-turbo"


def test_a_model_that_is_added_to_the_catalogue_later_is_taken_at_once(tmp_path: Path, models_dir: Path) -> None:
    resolver = Resolver(Presets(tmp_path / "presets"), GenreMap(tmp_path / "map.toml"), models_dir)
    trigger = Trigger({"genres": "funk", "model": "my-base"}, 0.0)
    with pytest.raises(InvalidValue, match="my-base"):
        resolver.resolve(trigger, SessionState())
    (models_dir / "catalogue.toml").write_text(OWN_MODEL)
    store = ModelStore(models_dir)
    with store.working_on("my-base"):
        store.install(record_of(find_entry("my-base", models_dir), (), "a test"))
    assert resolver.resolve(trigger, SessionState()).block["model"] == "my-base"


def test_the_sketch_engine_stays_at_hand_and_takes_auto_for_a_model(tmp_path: Path, models_dir: Path) -> None:
    spec = resolve(tmp_path, models_dir, engine="sketch", model="auto")
    assert (spec.engine, spec.block["model"]) == ("sketch", "sketch-1")


@pytest.mark.parametrize(
    ("block", "error", "named"),
    [
        ({"model": "ace-step-xl-turbo"}, EngineUnavailable, "stembridge models download ace-step-xl-turbo"),
        ({"model": "ace-step-3b"}, InvalidValue, "ace-step-3b"),
        ({"task": "extract"}, EngineUnavailable, "extract"),
        ({"task": "extract", "model": "ace-step-2b-turbo"}, InvalidValue, "extract"),
        ({"stems": ["kazoo"]}, InvalidValue, "kazoo"),
        ({"engine": "sketch", "model": "ace-step-2b-turbo"}, InvalidValue, "sketch-1"),
    ],
)
def test_what_the_installed_models_cannot_do_is_refused_at_the_trigger(
    tmp_path: Path, models_dir: Path, block: dict[str, object], error: type[Exception], named: str
) -> None:
    with pytest.raises(error, match=named):
        resolve(tmp_path, models_dir, **block)


def test_models_may_have_a_folder_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("STEMBRIDGE_MODELS", raising=False)
    assert Folders.of_user().models == tmp_path / "home" / "data" / "models"
    monkeypatch.setenv("STEMBRIDGE_MODELS", str(tmp_path / "large disk"))
    assert Folders.of_user().models == tmp_path / "large disk"
