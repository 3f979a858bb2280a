from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.ace_step.ace_step_engine import AceStepEngine
from engine.ace_step.plan import LoadPlan
from engine.hardware import Offload
from tests.helpers.ace_requests import INFO, quiet_progress, request
from tests.helpers.ace_shelf import make_engine, plan_from_folder

torch = pytest.importorskip("torch")

from engine.ace_step.device_placement import DevicePlacement  # noqa: E402


def plan_on_a_fake_gpu(models_dir: Path) -> Callable[[str], LoadPlan]:
    """Return plans for a device that torch knows but that is not called "cpu", so that weights are offloaded."""

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


class RecordingPart(torch.nn.Module):
    """A component that writes its moves into a list instead of moving."""

    def __init__(self, name: str, moves: list[str]) -> None:
        super().__init__()
        self.name, self.moves = name, moves

    def to(self, device: str) -> RecordingPart:  # type: ignore[override]
        self.moves.append(f"{self.name} to {device}")
        return self

    def forward(self, x: int) -> int:
        self.moves.append(f"{self.name} runs")
        return x + 1


class RecordingTransformer(RecordingPart):
    def __init__(self, moves: list[str]) -> None:
        super().__init__("transformer", moves)
        self.layers = torch.nn.ModuleList(RecordingPart(f"block {number}", moves) for number in range(2))
        self.proj = RecordingPart("proj", moves)
        self.scale_shift_table = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x: int) -> int:
        for block in self.layers:
            x = block(x)
        return x


def recording_pipe() -> tuple[Any, list[str]]:
    moves: list[str] = []
    parts = {"vae": RecordingPart("vae", moves), "transformer": RecordingTransformer(moves)}
    return SimpleNamespace(components={**parts, "tokenizer": object()}, audio_tokenizer=None, **parts), moves


def test_resident_weights_do_not_move() -> None:
    pipe, moves = recording_pipe()
    placement = DevicePlacement(pipe, "cpu:0", "resident")
    placement.apply("resident")
    with placement.using("vae", "transformer"):
        pipe.transformer(0)
    assert moves == ["block 0 runs", "block 1 runs"]


def test_components_move_to_the_device_for_their_use_and_back() -> None:
    pipe, moves = recording_pipe()
    placement = DevicePlacement(pipe, "cpu:0", "resident")
    placement.apply("components")
    assert moves == ["vae to cpu", "transformer to cpu"]
    moves.clear()
    with placement.using("vae", "audio_tokenizer"):  # the second is missing in this copy of the model
        assert moves == ["vae to cpu:0"]
    assert moves == ["vae to cpu:0", "vae to cpu"]


def test_components_move_back_after_an_error() -> None:
    pipe, moves = recording_pipe()
    placement = DevicePlacement(pipe, "cpu:0", "components")
    with pytest.raises(KeyboardInterrupt), placement.using("vae"):
        raise KeyboardInterrupt
    assert moves[-1] == "vae to cpu"


def test_blocks_move_one_by_one_while_the_rest_of_the_transformer_stays_on_the_device() -> None:
    pipe, moves = recording_pipe()
    placement = DevicePlacement(pipe, "cpu:0", "components")
    placement.apply("blocks")
    moves.clear()
    with placement.using("transformer"):
        pipe.transformer(0)
    one_by_one = [f"block {n} {what}" for n in range(2) for what in ("to cpu:0", "runs", "to cpu")]
    assert moves == ["proj to cpu:0", *one_by_one, "transformer to cpu"]


def test_after_blocks_the_hooks_are_gone() -> None:
    pipe, moves = recording_pipe()
    placement = DevicePlacement(pipe, "cpu:0", "components")
    placement.apply("blocks")
    placement.apply("resident")
    assert moves[-2:] == ["vae to cpu:0", "transformer to cpu:0"]
    moves.clear()
    pipe.transformer(0)
    assert moves == ["block 0 runs", "block 1 runs"]
