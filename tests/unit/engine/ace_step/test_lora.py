from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.ace_step.ace_step_engine import AceStepEngine
from engine.errors import InvalidValue
from tests.helpers.ace_requests import INFO, quiet_progress, request
from tests.helpers.ace_shelf import make_engine, plan_from_folder

if TYPE_CHECKING:
    from engine.contract import Audio

torch = pytest.importorskip("torch")

_RANK = 2


def adapter(names: str = "diffusers", scale: float = 3.0, hidden: int = 32) -> dict[str, object]:
    """Return an adapter of the first block's attention, with names as three trainers write them."""
    generator = torch.Generator().manual_seed(3)
    down, up = (scale * torch.randn(shape, generator=generator) for shape in ((_RANK, hidden), (hidden, _RANK)))
    path, ends = {
        "diffusers": ("transformer.layers.0.self_attn.to_q", (".lora_A.weight", ".lora_B.weight")),
        "peft": ("base_model.model.layers.0.self_attn.q_proj", (".lora_A.weight", ".lora_B.weight")),
        "kohya": ("layers.0.self_attn.q_proj", (".lora_down.weight", ".lora_up.weight")),
    }[names]
    state = {path + ends[0]: down, path + ends[1]: up}
    return state | ({f"{path}.alpha": torch.tensor(2.0 * _RANK)} if names == "kohya" else {})


@pytest.fixture(scope="module")
def loras(models_dir: Path) -> Iterator[Path]:
    from safetensors.torch import save_file

    folder = models_dir / "loras"
    folder.mkdir()
    for names in ("diffusers", "peft", "kohya"):
        save_file(adapter(names), folder / f"{names}.safetensors")
    save_file(adapter(hidden=48), folder / "other-model.safetensors")
    save_file({"x.weight": torch.zeros(2, 2)}, folder / "no-lora.safetensors")
    (folder / "broken.safetensors").write_bytes(b"broken")
    (folder / "with-config").mkdir()
    save_file(adapter("peft"), folder / "with-config" / "adapter_model.safetensors")
    (folder / "with-config" / "adapter_config.json").write_text(json.dumps({"r": _RANK, "lora_alpha": 2 * _RANK}))
    (folder / "empty").mkdir()
    yield folder
    shutil.rmtree(folder)


def mix(engine: AceStepEngine, **block: object) -> Audio:
    return engine.generate(request(**block), quiet_progress)[0].mix


def test_an_adapter_changes_the_music_and_leaves_no_trace(engine: AceStepEngine, loras: Path) -> None:
    plain = mix(engine)
    with_it = mix(engine, lora="diffusers")
    assert np.abs(with_it - plain).max() > 1e-5
    assert np.array_equal(mix(engine), plain)


def test_its_strength_is_a_factor(engine: AceStepEngine, loras: Path) -> None:
    plain = mix(engine)
    assert np.array_equal(mix(engine, lora="diffusers", lora_strength=0.0), plain)
    half, full = (np.abs(mix(engine, lora="diffusers", lora_strength=s) - plain).mean() for s in (0.5, 1.0))
    assert 0 < half < full


def test_the_names_of_all_trainers_mean_the_same_weights(engine: AceStepEngine, loras: Path) -> None:
    wanted = mix(engine, lora="diffusers")
    assert np.array_equal(mix(engine, lora=str(loras / "peft.safetensors")), wanted)


def test_a_scale_beside_the_weights_or_in_them_counts(engine: AceStepEngine, loras: Path) -> None:
    wanted = mix(engine, lora="diffusers", lora_strength=2.0)
    assert np.array_equal(mix(engine, lora="kohya"), wanted)
    assert np.array_equal(mix(engine, lora="with-config"), wanted)
    mix(engine)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nobody", "lora must be the path of a .safetensors file, or the name of one in .*loras, not 'nobody'"),
        ("other-model", r"made for the model that runs; it changes layers.0.self_attn.to_q.weight of the shape"),
        ("no-lora", "lora must be a LoRA; this file holds another kind of adapter"),
        ("broken", "lora must be a whole .safetensors file; this one cannot be read"),
        ("empty", "a folder with one .safetensors file; this one has 0"),
    ],
)
def test_an_adapter_that_cannot_be_used_is_refused_and_changes_nothing(
    engine: AceStepEngine, loras: Path, name: str, sentence: str
) -> None:
    plain = mix(engine)
    with pytest.raises(InvalidValue, match=sentence):
        mix(engine, lora=name)
    assert np.array_equal(mix(engine), plain)


def test_an_adapter_works_where_the_weights_are_not_resident(
    models_dir: Path, engine: AceStepEngine, loras: Path
) -> None:
    from dataclasses import replace

    def blocks(name: str):  # noqa: ANN202
        return replace(plan_from_folder(name, models_dir), device="cpu:0", offload="blocks")

    placed = make_engine(INFO, models_dir, plan_for=blocks)
    assert np.array_equal(mix(placed, lora="diffusers"), mix(engine, lora="diffusers"))
    placed.unload()
    mix(engine)
