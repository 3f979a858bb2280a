"""The engine that a request gets, with and without models and libraries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine import optional_libraries, registry
from engine.errors import EngineUnavailable, InvalidValue
from engine.models.catalogue import OWN_FILE, find_entry
from engine.models.installed_models import ModelStore, record_of
from engine.registry import (
    ENGINES,
    LIGHT,
    SKETCH,
    ace_step_info,
    ace_step_ready,
    check_model,
    choose,
    create,
    no_remote,
    remote_info,
)
from engine.remote.address import RemoteAddress
from tests.helpers.paths import ROOT


def install(models_dir: Path, name: str) -> None:
    """Put the record of a model there; the registry reads no weights."""
    store = ModelStore(models_dir)
    with store.working_on(name):
        store.install(record_of(find_entry(name), (), "a test"))


def hide(patch: pytest.MonkeyPatch, package: str) -> None:
    real = optional_libraries.find_spec
    patch.setattr(optional_libraries, "find_spec", lambda name: None if name == package else real(name))


def test_auto_is_the_sketch_engine_until_a_music_model_is_installed(tmp_path: Path) -> None:
    assert choose("auto").name == "sketch"
    assert choose("auto", tmp_path).name == "sketch"
    install(tmp_path, "htdemucs")
    assert choose("auto", tmp_path).name == "sketch"
    install(tmp_path, "ace-step-2b-turbo")
    assert choose("auto", tmp_path).name == "ace-step"
    assert choose("sketch", tmp_path).name == "sketch"


def test_ace_step_without_a_model_says_where_to_look(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r'"ace-step" is not ready here; "sketch".*stembridge models list'):
        choose("ace-step", tmp_path)
    assert not ace_step_ready(tmp_path).ok


@pytest.mark.parametrize("package", ["torch", "diffusers", "soxr"])
def test_ace_step_without_a_library_says_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    install(tmp_path, "ace-step-2b-turbo")
    hide(monkeypatch, package)
    with pytest.raises(EngineUnavailable) as caught:
        choose("ace-step", tmp_path)
    assert package in str(caught.value)
    assert "stembridge engine install" in str(caught.value)
    assert choose("auto", tmp_path).name == "sketch"


def test_a_broken_own_catalogue_leaves_the_sketch_engine(tmp_path: Path) -> None:
    install(tmp_path, "ace-step-2b-turbo")
    (tmp_path / OWN_FILE).write_text("[")
    assert choose("auto", tmp_path).name == "sketch"
    with pytest.raises(EngineUnavailable, match=OWN_FILE):
        choose("ace-step", tmp_path)


def test_an_engine_that_is_none() -> None:
    with pytest.raises(InvalidValue, match="magic"):
        choose("magic")


def test_ace_step_knows_the_catalogue(tmp_path: Path) -> None:
    install(tmp_path, "ace-step-2b-turbo")
    info = choose("ace-step", tmp_path)
    assert info.models[0] == "auto"
    assert {"ace-step-2b-turbo", "ace-step-xl-base"} < set(info.models)
    assert "htdemucs" not in info.models
    assert set(info.tasks) == {"text2music", "cover", "repaint", "extract", "lego", "complete"}
    assert set(info.default_stems) <= set(info.stems)
    assert "vocals" in info.stems


@pytest.mark.parametrize(
    ("model", "task", "error", "named"),
    [
        ("auto", "extract", EngineUnavailable, "stembridge models download ace-step-xl-base"),
        ("ace-step-2b-turbo", "extract", InvalidValue, "text2music or cover or repaint"),
        ("ace-step-xl-base", "text2music", EngineUnavailable, "stembridge models download ace-step-xl-base"),
        ("ace-step-3b", "text2music", InvalidValue, "ace-step-3b"),
        ("htdemucs", "text2music", InvalidValue, "htdemucs"),
        ("auto", "text2video", InvalidValue, "text2video"),
    ],
)
def test_a_model_that_cannot_do_it_is_refused_before_the_job(
    tmp_path: Path, model: str, task: str, error: type[Exception], named: str
) -> None:
    install(tmp_path, "ace-step-2b-turbo")
    with pytest.raises(error, match=named):
        check_model(choose("ace-step", tmp_path), model, task, tmp_path)


@pytest.mark.parametrize("task", ["text2music", "cover", "repaint"])
@pytest.mark.parametrize("model", ["auto", "ace-step-2b-turbo"])
def test_a_model_that_can_do_it_passes(tmp_path: Path, model: str, task: str) -> None:
    install(tmp_path, "ace-step-2b-turbo")
    check_model(choose("ace-step", tmp_path), model, task, tmp_path)


def test_the_sketch_engine_can_be_had_by_name_and_by_default(tmp_path: Path) -> None:
    assert create("sketch").info is registry.SKETCH
    assert create("auto", tmp_path).info is registry.SKETCH


def test_auto_is_an_engine_that_runs_here() -> None:
    assert choose("auto").name in ENGINES
    engine = create("auto")
    engine.load(lambda _phase, _fraction: None)
    assert engine.info == choose("auto")


@pytest.mark.parametrize("name", ["", "magic", "AUTO", "sketch "])
def test_an_unknown_engine_is_named(name: str) -> None:
    with pytest.raises(InvalidValue, match="engine must be one of auto, sketch, ace-step, remote"):
        choose(name)


def test_what_an_engine_says_of_itself_fits_together() -> None:
    infos = [SKETCH, ace_step_info(), remote_info("http://studio.local:9125")]
    assert tuple(info.name for info in infos) == ENGINES
    for info in infos:
        assert set(info.default_stems) <= set(info.stems)
        assert info.tasks
        assert info.models
        assert info.notice.endswith(".")
    assert "no neural model ran" in SKETCH.notice


def test_knowing_the_engines_costs_no_import() -> None:
    script = "import sys, engine.registry; print(sorted({'numpy', 'scipy', 'torch'} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"


def test_another_companion_is_an_engine_once_its_address_is_known(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="remote_url"):
        choose("remote", tmp_path)
    address = RemoteAddress.parse("http://studio.local:9125")
    info = choose("remote", tmp_path, lambda: address)
    assert (info.name, address.url in info.notice) == ("remote", True)
    assert choose("auto", tmp_path, lambda: address).name == "sketch"
    check_model(info, "ace-step", "repaint", tmp_path)
    with pytest.raises(InvalidValue, match="model must be"):
        check_model(info, "magic", "text2music", tmp_path)
    assert create("remote", tmp_path, find_remote=lambda: address).info == info


def test_light_engines_need_only_the_base_installation() -> None:
    assert {"sketch", "remote"} == LIGHT
    assert no_remote() is None


def test_a_remote_companion_may_have_every_engine_and_every_known_model() -> None:
    info = remote_info("http://studio.local:9125")
    assert info.models[:3] == ("auto", "sketch", "ace-step")
    assert info.models.count("auto") == 1
    assert set(ace_step_info().models) <= set(info.models)
    assert set(SKETCH.stems) | set(ace_step_info().stems) == set(info.stems)
    assert len(set(info.stems)) == len(info.stems)


def test_the_sketch_engine_knows_one_model_and_one_task(tmp_path: Path) -> None:
    check_model(SKETCH, "sketch-1", "text2music", tmp_path)
    with pytest.raises(InvalidValue, match="model must be sketch-1 with the engine “sketch”, not 'auto'"):
        check_model(SKETCH, "auto", "text2music", tmp_path)
    with pytest.raises(
        InvalidValue, match=r"text2music with the engine “sketch” .*“ace-step” can do repaint.*not 'repaint'"
    ):
        check_model(SKETCH, "sketch-1", "repaint", tmp_path)


def test_without_a_folder_for_models_only_names_are_checked() -> None:
    check_model(ace_step_info(), "ace-step-xl-base", "extract")
    ready = ace_step_ready(None)
    assert not ready.ok
    assert ready.reason.endswith((".", "stembridge engine install"))
