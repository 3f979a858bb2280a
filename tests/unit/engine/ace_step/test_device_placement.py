from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.ace_step.ace_step_engine import AceStepEngine
from engine.ace_step.plan import LoadPlan
from engine.hardware import Offload
from tests.helpers.ace_requests import INFO, quiet_progress, request
from tests.helpers.ace_shelf import make_engine, plan_from_folder

torch = pytest.importorskip("torch")


def plan_on_a_fake_gpu(models_dir: Path) -> Callable[[str], LoadPlan]:
    """Return plans for a device that torch knows but that is not called "cpu", so that offloading makes sense."""

    def plan_for(name: str) -> LoadPlan:
        return replace(plan_from_folder(name, models_dir), device="cpu:0")

    return plan_for


@pytest.mark.parametrize("offload", ["resident", "components", "blocks"])
def test_every_way_to_place_the_weights_gives_the_same_bits(
    engine: AceStepEngine, models_dir: Path, source_file: Path, offload: Offload
) -> None:
    job = request(task="cover", source_audio=str(source_file), lyrics="[Verse]\nla", lyrics_strength=2.0)
    placed = make_engine(
        INFO, models_dir, plan_for=lambda name: replace(plan_on_a_fake_gpu(models_dir)(name), offload=offload)
    )
    (made,) = placed.generate(job, quiet_progress)
    assert np.array_equal(made.mix, engine.generate(job, quiet_progress)[0].mix)
    assert any("block by block" in notice for notice in made.notices) == (offload == "blocks")
    placed.unload()
