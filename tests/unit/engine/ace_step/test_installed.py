from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from engine.ace_step.ace_step_engine import AceStepEngine
from engine.ace_step.installed import InstalledPlans
from engine.errors import EngineUnavailable
from engine.hardware import Device
from engine.models.adopt import adopt
from engine.models.catalogue import find_entry
from engine.models.installed_models import ModelStore
from engine.registry import create
from tests.helpers.hub.catalogue import write_catalogue
from tests.helpers.hub.checkpoints import save_all

GIGABYTE = 10**9
CARD = Device("cuda", "a card", 24 * GIGABYTE, 23 * GIGABYTE, "bfloat16", 1)
CPU = Device("cpu", "a CPU", 32 * GIGABYTE, 30 * GIGABYTE, "float32")


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny models, installed from folders; read only."""
    checkpoints = save_all(tmp_path_factory.mktemp("checkpoints"))
    folder = tmp_path_factory.mktemp("models")
    write_catalogue(folder, checkpoints)
    for name in ("tiny-turbo", "tiny-base"):
        entry = find_entry(name, folder)
        adopt(entry, checkpoints[entry.repository], ModelStore(folder))
    return folder


def test_a_plan_says_where_the_model_lies_and_how_it_runs(models_dir: Path) -> None:
    turbo = InstalledPlans(models_dir, CARD).plan_for("tiny-turbo")
    assert (turbo.folder, turbo.layout) == (models_dir / "tiny-turbo", "original")
    assert (turbo.device, turbo.dtype, turbo.compile) == ("cuda:1", "bfloat16", True)
    assert not turbo.limits.guidance
    base = InstalledPlans(models_dir, CPU).plan_for("tiny-base")
    assert (base.layout, base.device, base.dtype, base.compile) == ("diffusers", "cpu", "float32", False)
    assert base.limits.guidance


def test_only_models_that_can_do_the_task_are_offered(models_dir: Path) -> None:
    assert set(InstalledPlans(models_dir, CARD).names_for("text2music")) == {"tiny-turbo", "tiny-base"}
    assert InstalledPlans(models_dir, CARD).names_for("extract") == ["tiny-base"]


def test_a_device_with_too_little_memory_says_so(models_dir: Path) -> None:
    with pytest.raises(EngineUnavailable, match="GB free"):
        InstalledPlans(models_dir, replace(CPU, free_bytes=GIGABYTE // 10)).names_for("text2music")


def test_a_model_that_is_not_installed_or_lost_a_file_is_named(models_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="models download ace-step-xl-turbo"):
        InstalledPlans(models_dir, CPU).plan_for("ace-step-xl-turbo")
    damaged = shutil.copytree(models_dir, tmp_path / "models")
    lost = next((damaged / "tiny-base").rglob("*.safetensors"))
    lost.unlink()
    with pytest.raises(EngineUnavailable, match=lost.name):
        InstalledPlans(damaged, CPU).plan_for("tiny-base")


def test_the_registry_makes_an_engine_that_loads_an_installed_model(models_dir: Path) -> None:
    engine = create("auto", models_dir)
    assert isinstance(engine, AceStepEngine)
    phases: list[str] = []
    try:
        engine.load(lambda phase, _share: phases.append(phase), "tiny-turbo")
    finally:
        engine.unload()
    assert set(phases) == {"loading"}
